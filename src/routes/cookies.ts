import { type Static, Type } from "@sinclair/typebox";
import { Elysia } from "elysia";
import { content } from "../http/content.ts";
import { answers } from "../http/answers.ts";
import { type Connection, unhurried } from "../http/body.ts";
import { getFile, readForm } from "../http/form.ts";
import { toSafeName } from "../lib/safe-name.ts";
import { CookieList, CookieUpload, DomainCookies } from "../protocol/cookies.ts";
import { FileForm } from "../protocol/forms.ts";
import { assertId } from "../protocol/ids.ts";
import type { Services } from "../services.ts";

/** A network log without the bodies of its answers is much smaller. */
const maxFileBytes = 16 * 1024 * 1024;
const maxFieldBytes = 64 * 1024;

/** The cookies that providers are sent: they concern everybody, so who manages them is an admin. */
export function cookies({ cookies, access, store }: Services) {
  return new Elysia({ prefix: "/backend-api/v2" })
    .post("/upload_cookies", ({ request, server }) => upload({ request, server }), {
      parse: "none",
      body: content<Static<typeof FileForm>>({ "multipart/form-data": FileForm }),
      response: answers({ 200: CookieUpload }),
      detail: {
        summary: "Takes a file of cookies, in place of what their domains had",
        description: "A form with one `file`: a list as JSON, a HAR, or a `cookies.txt`.",
      },
    })
    .get(
      "/cookies",
      async ({ request }) => {
        access.admin(request);
        return { domains: await cookies.list() };
      },
      {
        response: answers({ 200: CookieList }),
        detail: { summary: "The domains that there are cookies of, and when they expire" },
      },
    )
    .delete(
      "/cookies/:domain",
      async ({ params, request }) => {
        access.admin(request);
        assertId("domain", params.domain);
        return cookies.remove(params.domain);
      },
      {
        params: Type.Object({ domain: Type.String() }),
        response: answers({ 200: DomainCookies }),
        detail: { summary: "Deletes the cookies of a domain" },
      },
    );

  async function upload(connection: Connection) {
    const { request } = connection;
    access.admin(request);
    return unhurried(connection, async () => {
      await using form = await readForm(request, {
        write: store.scratch.write,
        maxBytes: maxFileBytes,
        maxFieldBytes,
      });
      const file = getFile(form);
      return { file: toSafeName(file.name), domains: await cookies.upload(file.path) };
    });
  }
}
