import { bearerProtocol, ChannelFrame, ChannelOp, channelProtocol, closeCodes } from "../protocol/channel.ts";
import type { Json, Schemas } from "./schemas.ts";

const words = `A WebSocket, with the subprotocol \`${channelProtocol}\`, or none. A browser, which can set no header on it, \
brings its key as one more: \`${bearerProtocol}<key>\`.

You send \`ChannelOp\`s, each a text of JSON told apart by \`op\`: \`run\` starts an answer (its \`request\` is a \`ChatRequest\`), \
\`attach\` joins one, \`detach\` leaves it, \`cancel\` stops it, \`join\` and \`leave\` enter and leave a chat's room, \`ping\` asks \
whether anybody is there. \`id\` is yours, and comes back with all that belongs to it.

You get \`ChannelFrame\`s: \`accepted\` or \`refused\` first; then the events of the answer, each a \`RunEvent\` with \`id\`, \`run_id\` \
and \`seq\`, its number; and \`detached\` when no more come. In a room: \`room\` whenever those in it change, and \`accepted\` for \
each of its answers. After a lost connection, \`attach\` with \`after\`, the last \`seq\` that you have, goes on where it was.

It is closed with ${closeCodes.goingAway} where the server stops, ${closeCodes.tryAgainLater} where you read too slowly, and \
${closeCodes.keyRefused} where the key is not valid any more.`;

/** The channel, as far as OpenAPI has words for it: how it begins. */
export function toChannelOperation({ refer }: Schemas): Json {
  return {
    operationId: "channel",
    tags: ["Channel"],
    summary: "One WebSocket, many runs",
    description: words,
    parameters: [
      {
        name: "Sec-WebSocket-Protocol",
        in: "header",
        description: `${channelProtocol}, and ${bearerProtocol}<key> where there is no other place for the key`,
        schema: { type: "string" },
      },
    ],
    responses: {
      101: { description: "The socket is open." },
      default: { $ref: "#/components/responses/Failure" },
    },
    "x-frames": { up: refer(ChannelOp), down: refer(ChannelFrame) },
  };
}
