import { Type } from "@sinclair/typebox";
import { seconds } from "../setting-kinds.ts";

/** How large what comes in may be. */
export const filesSettings = {
  max_body: Type.Integer({ description: "Largest JSON body, in bytes", default: 8 * 1024 * 1024, minimum: 1024 }),
  max_upload: Type.Integer({
    description: "Largest multipart body, in bytes; it is streamed to disk",
    default: 512 * 1024 * 1024,
    minimum: 1024,
  }),
  max_document: Type.Integer({
    description: "Largest document that is converted, and largest text of one, in bytes",
    default: 64 * 1024 * 1024,
    minimum: 1024,
  }),
  max_archive: Type.Integer({
    description: "What an archive may hold once it is unpacked, in bytes",
    default: 256 * 1024 * 1024,
    minimum: 1024,
  }),
  max_archive_members: Type.Integer({ description: "How many files an archive may hold", default: 2000, minimum: 1 }),
  convert_timeout: seconds("Longest time for the conversion of a document", 60),
  max_bucket: Type.Integer({
    description: "What a bucket may hold, in bytes",
    default: 2 * 1024 ** 3,
    minimum: 1024,
  }),
  max_files: Type.Integer({
    description: "What all buckets together may hold, in bytes",
    default: 20 * 1024 ** 3,
    minimum: 1024,
  }),
};
