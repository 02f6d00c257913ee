// A frame as the server packs it.
// @ts-check

import assert from "node:assert/strict";
import { test } from "node:test";
import { unpackFrame } from "../../streams/static/streams/frames.js";

test("a frame is taken apart into what is said of it and its picture", async () => {
  const text = new TextEncoder().encode('{"type":"frame","camera":"büro"}'); // more bytes than letters
  const message = new Uint8Array(4 + text.length + 3);
  new DataView(message.buffer).setUint32(0, text.length);
  message.set(text, 4);
  message.set([0xff, 0xd8, 0xff], 4 + text.length);
  const { header, jpeg } = unpackFrame(message.buffer);
  assert.equal(header.camera, "büro");
  assert.equal(jpeg.type, "image/jpeg");
  assert.deepEqual([...new Uint8Array(await jpeg.arrayBuffer())], [0xff, 0xd8, 0xff]);
});
