/**
 * Sends a form with one film over one connection, as fast as it is taken, and prints how long that took until the answer,
 * in seconds: a process of its own. Arguments: address, bytes.
 */
import { connect } from "node:net";
import { once } from "node:events";

const [address = "", length = "0"] = Bun.argv.slice(2);
const { hostname, port, pathname } = new URL(address);
const boundary = "----bench7MA4YWxkTrZu0gW";
const begin = `--${boundary}\r\nContent-Disposition: form-data; name="files"; filename="film.mp4"\r\n\r\n`;
const end = `\r\n--${boundary}--\r\n`;
const block = crypto.getRandomValues(new Uint8Array(65_536));
// What makes it a film (ISO/IEC 14496-12 §4.3), again and again, which does no harm: what follows is never looked at.
block.set(Buffer.from("\x00\x00\x00\x18ftypisom\x00\x00\x02\x00isommp41", "latin1"));
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
