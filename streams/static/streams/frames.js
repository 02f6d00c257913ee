// Pictures as they cross the socket: the JavaScript side of streams/wire/frames.py.
// @ts-check

/** @typedef {import("./messages.js").FrameHeader} FrameHeader */

/**
 * Split a binary message: 4 bytes big-endian length, header in JSON, JPEG.
 * @param {ArrayBuffer} message
 * @returns {{header: FrameHeader, jpeg: Blob}}
 */
export function unpackFrame(message) {
  const length = new DataView(message).getUint32(0);
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(message, 4, length)));
  return { header, jpeg: new Blob([new Uint8Array(message, 4 + length)], { type: "image/jpeg" }) };
}
