import { Type, type Static } from "@sinclair/typebox";

/** A medium of an upload, under the name that it is kept under; with its size where it is a picture. */
export const BucketMedium = Type.Object({
  name: Type.String(),
  width: Type.Optional(Type.Integer()),
  height: Type.Optional(Type.Integer()),
});
export type BucketMedium = Static<typeof BucketMedium>;

/** A file that was not kept, and why. */
export const SkippedFile = Type.Object({ name: Type.String(), reason: Type.String() });
export type SkippedFile = Static<typeof SkippedFile>;

/** What an upload added to its bucket. */
export const BucketUpload = Type.Object({
  bucket_id: Type.String(),
  /** Documents, whose text is kept. */
  files: Type.Array(Type.String()),
  media: Type.Array(BucketMedium),
  skipped: Type.Array(SkippedFile),
});
export type BucketUpload = Static<typeof BucketUpload>;

/** A bucket, and what is in it. */
export const BucketInfo = Type.Object({
  bucket_id: Type.String(),
  /** How many. */
  documents: Type.Integer(),
  media: Type.Integer(),
  /** Of the documents' texts, in bytes. */
  text_bytes: Type.Integer(),
  media_bytes: Type.Integer(),
  /** When the first and the last of its files came: ISO 8601, UTC; null where it holds none. */
  created_at: Type.Union([Type.String(), Type.Null()]),
  updated_at: Type.Union([Type.String(), Type.Null()]),
  /** Of its first files. */
  names: Type.Array(Type.String()),
});
export type BucketInfo = Static<typeof BucketInfo>;

/** Buckets, the newest first; `next` is the `cursor` of the page that follows. */
export const BucketList = Type.Object({
  buckets: Type.Array(BucketInfo),
  next: Type.Union([Type.String(), Type.Null()]),
});

/** A file of a bucket. */
export const BucketFile = Type.Object({
  name: Type.String(),
  /** A document is kept as its text, a medium as it came. */
  kind: Type.Union([Type.Literal("document"), Type.Literal("media")]),
  type: Type.String(),
  /** Of what is kept. */
  bytes: Type.Integer(),
  /** In pixels, where they are known. */
  width: Type.Union([Type.Integer(), Type.Null()]),
  height: Type.Union([Type.Integer(), Type.Null()]),
  created_at: Type.String(),
});
export type BucketFile = Static<typeof BucketFile>;

/** A bucket's files, in the order in which they came. */
export const BucketFiles = Type.Object({
  files: Type.Array(BucketFile),
  next: Type.Union([Type.String(), Type.Null()]),
});

/** A part of a document's text. */
export const DocumentPart = Type.Object({
  text: Type.String(),
  /** Of the whole text. */
  bytes: Type.Integer(),
  /** Where the next part begins; null where this is the last. */
  next: Type.Union([Type.Integer(), Type.Null()]),
});
export type DocumentPart = Static<typeof DocumentPart>;

/**
 * What is told while a bucket is filled, and read: how many addresses are being fetched, how many bytes of text there are so far, one
 * medium, and how many bytes of text there are in all.
 */
export const BucketProgress = Type.Union([
  Type.Object({ action: Type.Literal("download"), count: Type.Integer() }),
  Type.Object({ action: Type.Literal("load"), size: Type.Integer() }),
  Type.Object({ action: Type.Literal("media"), filename: Type.String() }),
  Type.Object({ action: Type.Literal("done"), size: Type.Integer() }),
]);
export type BucketProgress = Static<typeof BucketProgress>;
