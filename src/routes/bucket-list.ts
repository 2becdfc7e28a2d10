import { Type } from "@sinclair/typebox";
import { Elysia } from "elysia";
import { readPart } from "../files/text-part.ts";
import { answers } from "../http/answers.ts";
import { toPage, toPlace } from "../http/cursor.ts";
import { upTo } from "../http/query.ts";
import { toTime } from "../lib/clock.ts";
import { BucketFiles, type BucketInfo, BucketList, DocumentPart } from "../protocol/buckets.ts";
import { assertId } from "../protocol/ids.ts";
import type { Services } from "../services.ts";
import type { BucketSummaryRow } from "../store/bucket-list.ts";

const cursor = Type.Optional(Type.String());

/** What buckets there are, and what is in them. */
export function bucketList({ store, buckets, access }: Services) {
  return new Elysia({ prefix: "/backend-api/v2" })
    .get(
      "/files",
      async ({ query, request }) => {
        const { owner } = access.caller(request);
        const limit = Number(query.limit ?? 50);
        const read = await store.read("bucketList", { owner, before: toPlace(query.cursor), limit: limit + 1 });
        const { rows, next } = toPage(read, limit, ({ id }) => String(id));
        return { buckets: rows.map(toInfo), next };
      },
      {
        query: Type.Object({ limit: upTo(200), cursor }),
        response: answers({ 200: BucketList }),
        detail: { summary: "Your buckets, the newest first" },
      },
    )
    .get(
      "/files/:bucket_id/list",
      async ({ params: { bucket_id }, query, request }) => {
        const limit = Number(query.limit ?? 100);
        const after = toPlace(query.cursor) ?? 0;
        const read = await buckets.page(access.caller(request).owner, bucket_id, after, limit + 1);
        const { rows, next } = toPage(read, limit, ({ id }) => String(id));
        const files = rows.map(({ name, kind, type, bytes, width, height, created_at }) => {
          return { name, kind, type, bytes, width, height, created_at: toTime(created_at) };
        });
        return { files, next };
      },
      {
        params: Type.Object({ bucket_id: Type.String() }),
        query: Type.Object({ limit: upTo(1000), cursor }),
        response: answers({ 200: BucketFiles }),
        detail: { summary: "The files of a bucket, in the order in which they came" },
      },
    )
    .get(
      "/files/:bucket_id/text/:name",
      async ({ params: { bucket_id, name }, query: { from = "0" }, request }) => {
        assertId("name", name);
        return readPart(await buckets.document(access.caller(request).owner, bucket_id, name), Number(from));
      },
      {
        params: Type.Object({ bucket_id: Type.String(), name: Type.String() }),
        query: Type.Object({
          /** Where the part begins, in bytes: the `next` of the one before it. */
          from: Type.Optional(Type.String({ pattern: "^\\d{1,15}$", expected: "a number of bytes" })),
        }),
        response: answers({ 200: DocumentPart }),
        detail: { summary: "The text of a document of a bucket, a part at a time" },
      },
    );
}

function toInfo({ id: _, created_at, updated_at, names, ...row }: BucketSummaryRow): BucketInfo {
  return { ...row, created_at: toTime(created_at), updated_at: toTime(updated_at), names: [...names] };
}
