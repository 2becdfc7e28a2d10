/**
 * The head of a WAV file of 16-bit sound (http://soundfile.sapp.org/doc/WaveFormat) whose length is not known yet: its
 * sizes are the greatest that fit, which players take for "until the end".
 */
export function wavHeader(sampleRate: number, channels: number): Uint8Array {
  const view = new DataView(new ArrayBuffer(44));
  const write = (offset: number, text: string) =>
    [...text].forEach((letter, index) => view.setUint8(offset + index, letter.charCodeAt(0)));
  write(0, "RIFF");
  view.setUint32(4, 0xffffffff, true);
  write(8, "WAVEfmt ");
  view.setUint32(16, 16, true);
  // Uncompressed.
  view.setUint16(20, 1, true);
  view.setUint16(22, channels, true);
  view.setUint32(24, sampleRate, true);
  view.setUint32(28, sampleRate * channels * 2, true);
  view.setUint16(32, channels * 2, true);
  view.setUint16(34, 16, true);
  write(36, "data");
  view.setUint32(40, 0xffffffff, true);
  return new Uint8Array(view.buffer);
}

/** Sound that has come whole, with its true sizes in its head; what is no such file is left as it is. */
export function withWavSizes(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(44, bytes.byteLength));
  const isOpen = head.byteLength === 44 && head.readUInt32LE(4) === 0xffffffff;
  if (!isOpen || head.toString("latin1", 0, 4) !== "RIFF" || head.toString("latin1", 36, 40) !== "data") return bytes;
  head.writeUInt32LE(bytes.byteLength - 8, 4);
  head.writeUInt32LE(bytes.byteLength - 44, 40);
  return bytes;
}
