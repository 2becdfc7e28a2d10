import { expect, test } from "bun:test";
import { readdirSync, readlinkSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { openApp } from "../support/app.ts";

const path = "/backend-api/v2/chat/s";
const megabyte = 1024 * 1024;

/** Those of our descriptors that are files of shared chats; empty where the system does not tell. */
const openFiles = (): string[] => {
  if (process.platform !== "linux") return [];
  return readdirSync("/proc/self/fd").flatMap((each) => {
    try {
      return [readlinkSync(`/proc/self/fd/${each}`)];
    } catch {
      return [];
    }
  });
};
const openShares = () => openFiles().filter((each) => each.includes("/shares/")).length;

/** Asks, and takes nothing. */
const ask = (origin: string) =>
  new Promise<Socket>((resolve) => {
    const { hostname, port, host } = new URL(origin);
    const socket = connect(Number(port), hostname, () => {
      socket.pause();
      socket.write(`GET ${path} HTTP/1.1\r\nhost: ${host}\r\n\r\n`, () => resolve(socket));
    });
    socket.on("error", () => {});
  });

test("readers of a shared chat who take nothing are waited for at the file, get what they asked for, and leave none open", async () => {
  await using app = await openApp();
  const text = "x".repeat(7 * megabyte);
  const write = (letter: string) => app.get(path, { method: "POST", body: JSON.stringify({ letter, text }) });
  expect((await write("a")).status).toBe(200);
  const sockets = await Promise.all(Array.from({ length: 60 }, () => ask(app.origin)));
  // Each has been answered by then: requests are taken in order.
  while (process.platform === "linux" && openShares() < sockets.length) await Bun.sleep(20);
  await (await app.get(path)).bytes();

  expect((await write("b")).status).toBe(200);
  const [first, ...others] = sockets;
  const received = new Promise<string>((resolve) => {
    let text = "";
    first?.on("data", (piece) => {
      text += piece.toString("latin1");
      if (text.endsWith("0\r\n\r\n")) resolve(text);
    });
  });
  first?.resume();
  const said = await received;
  expect([said.includes('"letter":"a"'), said.length > text.length]).toEqual([true, true]);
  first?.destroy();
  for (const socket of others) socket.destroy();
  while (openShares() > 0) await Bun.sleep(20);
  expect((await (await app.get(path)).json()).letter).toBe("b");
  expect((await app.get(path, { method: "HEAD" })).status).toBe(200);
  while (openShares() > 0) await Bun.sleep(20);
}, 60_000);
