import type { RpcNotice, RpcResponse } from "./json-rpc.ts";

type Said = RpcNotice | RpcResponse;

/** What a client is told in the course of its call, as it comes. */
export interface Outbox extends Required<Pick<AsyncIterator<readonly Said[], undefined>, "next" | "return">> {
  /** News that a slow reader has not read is dropped. */
  notify(notice: RpcNotice): void;
  add(response: RpcResponse): void;
  /** No more will come. */
  end(): void;
}

/** Arbitrary. */
const maxUnread = 100;

/** @param onReturn called where the reader leaves before the end */
export function createOutbox(onReturn: () => void): Outbox {
  let unread: Said[] = [];
  let isEnded = false;
  let wake = () => {};

  return {
    notify(notice) {
      if (unread.length < maxUnread) put(notice);
    },
    add: put,
    end() {
      isEnded = true;
      wake();
    },
    async next() {
      for (;;) {
        const value = unread;
        unread = [];
        if (value.length > 0) return { done: false, value };
        if (isEnded) return { done: true, value: undefined };
        await new Promise<void>((resolve) => (wake = resolve));
      }
    },
    async return() {
      if (!isEnded) onReturn();
      isEnded = true;
      unread = [];
      wake();
      return { done: true, value: undefined };
    },
  };

  function put(said: Said): void {
    if (isEnded) return;
    unread.push(said);
    wake();
  }
}
