import { type Treaty, treaty } from "@elysiajs/eden";
import type { App } from "../src/app.ts";
import type { BucketUpload } from "../src/protocol/buckets.ts";
import type { ChatRequest } from "../src/protocol/chat.ts";
import { type Answer, createAnswer } from "./answer.ts";
import { type Channel, type ChannelOptions, openChannel } from "./channel.ts";
import { type ChatOptions, openChat } from "./chat.ts";
import { type ConnectionOptions, createConnection } from "./connection.ts";
import { plainBody } from "./plain-body.ts";
import { uploadFiles, type UploadFile, type UploadOptions } from "./upload.ts";
import type { WebSocketConstructor } from "./web-socket.ts";

export interface ClientOptions extends ConnectionOptions {
  /** In place of the runtime's own; Node has none before 22, where that of the package `ws` will do. */
  readonly WebSocket?: WebSocketConstructor;
}

/** By its name: declarations cannot write out what `treaty` gives. */
type Routes = Treaty.Create<App>;

/** A server of Parley's. */
export interface Client {
  /** Every route under `/backend-api/v2`; `unwrap` gives what one answers, or throws. */
  readonly api: Routes["backend-api"]["v2"];
  /** Every route there is. */
  readonly root: Routes;
  /**
   * Asks, and gives the answer as it comes. It outlives its connection, which is made anew when it is lost, unless the request
   * says `resumable: false`. Nothing is asked until the answer is read.
   */
  chat(request: ChatRequest, options?: ChatOptions): Answer;
  /**
   * Adds files to a bucket, which is made if it is missing. What cannot be read is in `skipped`, with the reason; the others are
   * kept. No file is held in memory as a whole.
   *
   * @throws {ParleyError} `body_too_large`, `storage_full`, …
   * @example
   * const { files } = await client.upload("thesis", input.files, { onProgress: ({ loaded, total }) => show(loaded / total) });
   */
  upload(bucketId: string, files: UploadFile | Iterable<UploadFile>, options?: UploadOptions): Promise<BucketUpload>;
  /** One WebSocket for many answers, opened at once. @throws {ParleyError} `not_offered` where there is no WebSocket */
  channel(options?: ChannelOptions): Channel;
}

/**
 * A client of the server at `origin`, such as `http://127.0.0.1:7337`. Nothing is asked until one of it is called. A path in
 * `origin` stays, for servers behind a proxy; without a scheme it is https, or http on this machine.
 *
 * @throws {TypeError} for an origin that is no such address
 * @example
 * const client = createClient("http://127.0.0.1:7337");
 * for await (const event of client.chat({ messages: [{ role: "user", content: "Hello" }] }))
 *   if (event.type === "content") console.log(event.content);
 */
export function createClient(origin: string, options: ClientOptions = {}): Client {
  const connection = createConnection(origin, options);
  const root = treaty<App>(connection.base, {
    // Dates stay the texts that they are on the wire.
    parseDate: false,
    // Bun's type of `fetch` has more to it than a call.
    fetcher: connection.fetch as typeof fetch,
    onResponse: plainBody,
  });
  return {
    api: root["backend-api"].v2,
    root,
    chat: (request, chatOptions) => createAnswer(openChat(connection, request, chatOptions)),
    upload: (bucketId, files, uploadOptions) => uploadFiles(connection, bucketId, files, uploadOptions),
    channel: (channelOptions) => openChannel(connection, options.WebSocket, channelOptions),
  };
}
