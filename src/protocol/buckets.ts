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

/** What is told while a bucket is filled, and read. */
export type BucketProgress =
  /** Addresses are being fetched. */
  | { readonly action: "download"; readonly count: number }
  /** Bytes of text so far. */
  | { readonly action: "load"; readonly size: number }
  | { readonly action: "media"; readonly filename: string }
  /** Bytes of text in all. */
  | { readonly action: "done"; readonly size: number };
