// This device's camera, whose owner changes their mind while the browser still asks whether the page may use it.
// @ts-check

import assert from "node:assert/strict";
import { test } from "node:test";
import { Capture } from "../../people/static/people/capture.js";
import { DeviceCamera } from "../../people/static/people/device-camera.js";
import { openPage, part } from "./page.js";

/** A stream of one track, which is on until it is stopped. */
class FakeStream {
  isOn = true;
  getTracks() {
    return [{ stop: () => (this.isOn = false) }];
  }
}

/**
 * A browser that asks whether the page may use the camera, and waits for the answer.
 * @param {import("node:test").TestContext} t
 */
function openCamera(t) {
  openPage(t, "<video></video>");
  /** @type {{allow: () => FakeStream, refuse: () => void}[]} */
  const questions = [];
  const getUserMedia = () =>
    new Promise((resolve, reject) => {
      const allow = () => {
        const stream = new FakeStream();
        resolve(stream);
        return stream;
      };
      questions.push({ allow, refuse: () => reject(new DOMException("no", "NotAllowedError")) });
    });
  Object.defineProperty(globalThis, "navigator", { value: { mediaDevices: { getUserMedia } }, configurable: true });
  const video = /** @type {any} */ ({ srcObject: null, play: async () => {} });
  return { camera: new DeviceCamera(video), video, questions };
}

const settled = async () => {
  for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
};

for (const order of [[0, 1], [1, 0]]) {
  test(`of two starts the later one counts, also when the answers come as ${order}`, async (t) => {
    const { camera, video, questions } = openCamera(t);
    void camera.start("user");
    void camera.start("environment");
    const streams = /** @type {FakeStream[]} */ ([]);
    for (const question of order) {
      streams[question] = /** @type {any} */ (questions[question]).allow();
      await settled();
    }
    assert.deepEqual(streams.map(({ isOn }) => isOn), [false, true]);
    assert.equal(video.srcObject, streams[1]);
    camera.stop();
    assert.equal(streams[1]?.isOn, false);
  });
}

test("a camera that is allowed after it was stopped does not go on", async (t) => {
  const { camera, video, questions } = openCamera(t);
  void camera.start("user");
  camera.stop();
  const stream = questions[0]?.allow();
  await settled();
  assert.equal(stream?.isOn, false);
  assert.equal(video.srcObject, null);
});

test("guided capture that is opened again while the browser asks says nothing of the first question", async (t) => {
  const { camera, questions } = openCamera(t);
  document.body.innerHTML = `<dialog data-frame-url="/frame/"><select data-device><option value="user"></option></select>
    <div data-picture></div><p data-hint></p><ol class="capture-views"></ol><button data-done></button>
    <button data-shutter></button></dialog>`;
  const dialog = /** @type {HTMLDialogElement} */ (part("dialog"));
  const capture = new Capture(dialog, "t", () => {}, camera);
  void capture.open();
  await settled();
  dialog.close();
  void capture.open();
  await settled();
  questions[0]?.refuse();
  await settled();
  assert.equal(part("[data-hint]").textContent, "Waiting for the camera …");
  const stream = questions[1]?.allow();
  await settled();
  assert.equal(stream?.isOn, true);
});
