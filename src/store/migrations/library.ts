/** Lists of what somebody has: media of a kind, buckets, and the files of one, each in the order in which they came. */
export const library = `ALTER TABLE media ADD COLUMN provider TEXT NOT NULL DEFAULT '';
  CREATE INDEX media_by_kind ON media (iif(type = 'application/ogg', 'audio', substr(type, 1, 5)));
  CREATE INDEX buckets_by_owner ON buckets (owner);
  CREATE INDEX bucket_files_by_bucket ON bucket_files (bucket);`;
