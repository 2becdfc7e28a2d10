/**
 * Sends a form with one file over one connection, as fast as it is taken, and prints how long that took until the answer,
 * in seconds: a process of its own. Arguments: address, bytes.
 */
import { connect } from "node:net";
import { once } from "node:events";

const [address = "", length = "0"] = Bun.argv.slice(2);
const { hostname, port, pathname } = new URL(address);
const boundary = "----bench7MA4YWxkTrZu0gW";
const begin = `--${boundary}\r\nContent-Disposition: form-data; name="files"; filename="large.bin"\r\n\r\n`;
const end = `\r\n--${boundary}--\r\n`;
const block = crypto.getRandomValues(new Uint8Array(65_536));
const bytes = Math.floor(Number(length) / block.byteLength) * block.byteLength;

const socket = connect(Number(port), hostname);
await once(socket, "connect");
const startedAt = performance.now();
socket.write(
  `POST ${pathname} HTTP/1.1\r\nhost: ${hostname}\r\nconnection: close\r\ncontent-length: ${begin.length + bytes + end.length}\r\n` +
    `content-type: multipart/form-data; boundary=${boundary}\r\n\r\n${begin}`,
);
for (let sent = 0; sent < bytes; sent += block.byteLength) if (!socket.write(block)) await once(socket, "drain");
socket.write(end);

let said = "";
for await (const piece of socket) said += piece;
if (!said.startsWith("HTTP/1.1 200")) throw new Error(`the upload failed: ${said.slice(0, 200)}`);
process.stdout.write(String((performance.now() - startedAt) / 1000));
