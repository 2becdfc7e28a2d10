/** What an owner's list tells of each share: what its document said of itself when it was written last. */
export const addShareAbout = `ALTER TABLE shares ADD COLUMN title TEXT;
ALTER TABLE shares ADD COLUMN chat_id TEXT;
ALTER TABLE shares ADD COLUMN live INTEGER NOT NULL DEFAULT 0;
CREATE INDEX shares_by_owner ON shares (owner, id);`;
