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
