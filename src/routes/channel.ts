import { Elysia } from "elysia";
import type { Socket } from "../channel/outbox.ts";
import type { Session } from "../channel/session.ts";
import { offeredProtocols } from "../http/headers.ts";
import { channelProtocol } from "../protocol/channel.ts";
import { ApiError } from "../protocol/errors.ts";
import { toFailure } from "../protocol/resources.ts";
import type { Services } from "../services.ts";

/** The channel: one WebSocket, many runs. What its frames mean stands in `protocol/channel.ts`. */
export function channelRoute({ channel, access, log }: Services) {
  // Elysia makes a new object of a socket for each of its events; what lies beneath stays.
  const sessions = new WeakMap<object, Session>();

  return new Elysia({ prefix: "/backend-api/v2" }).ws("/channel", {
    detail: { hide: true },
    upgrade({ request, set }) {
      // Elysia's own refusal of what Bun does not upgrade is no JSON.
      if (!/^[A-Za-z0-9+/]{22}==$/.test(request.headers.get("sec-websocket-key") ?? ""))
        throw new ApiError("invalid_request", "Sec-WebSocket-Key: expected 16 bytes in base64");
      channel.assertRoom(access.caller(request));
      const offered = offeredProtocols(request);
      if (offered.length === 0) return;
      if (!offered.includes(channelProtocol))
        throw new ApiError("invalid_request", `offer the subprotocol ${channelProtocol}, beside any other`);
      set.headers["sec-websocket-protocol"] = channelProtocol;
    },
    open({ raw, data: { request } }) {
      const session = channel.open(toSocket(raw), access.caller(request), () => access.again(request));
      sessions.set(raw, session);
    },
    message: ({ raw }, frame) => sessions.get(raw)?.receive(frame),
    drain: ({ raw }) => sessions.get(raw)?.drained(),
    close: ({ raw }) => sessions.get(raw)?.close(),
    error({ error }) {
      log.error("the channel failed inside the server", { error });
      const failure = new ApiError("internal", "something failed inside the server");
      return JSON.stringify({ id: null, type: "refused", op: null, ...toFailure(failure) });
    },
  });
}

/** What Elysia hands on is Bun's socket; its own type of it leaves something out. */
function toSocket(raw: object): Socket {
  const socket = raw as Bun.ServerWebSocket;
  return {
    send: (text) => socket.sendText(text),
    buffered: () => socket.getBufferedAmount(),
    cork: (send) => void socket.cork(send),
    close: (code, reason) => socket.close(code, reason),
  };
}
