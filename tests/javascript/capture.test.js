// Guided capture without a camera: the site's judgements come one by one, and photos are taken by themselves.
// @ts-check

import assert from "node:assert/strict";
import { test } from "node:test";
import { Capture } from "../../people/static/people/capture.js";
import { openPage, part } from "./page.js";

const VIEWS = ["straight", "left"];
const DIALOG = `<dialog data-frame-url="/frame/"><select data-device><option value="user">front</option></select>
  <div data-picture></div><p data-hint></p><ul><li data-mark="light"></li></ul><ol class="capture-views">
  ${VIEWS.map((view) => `<li data-view="${view}"><span data-thumb></span><span data-state>missing</span></li>`).join("")}
  </ol><button data-done></button><button data-shutter></button></dialog>`;

/** A camera whose frames have numbers. */
class FakeCamera {
  isOn = false;
  held = 0;
  async start() {
    this.isOn = true;
  }
  stop() {
    this.isOn = false;
  }
  hold() {
    const number = (this.held += 1);
    return {
      judged: async () => new Blob([`frame ${number}`]),
      kept: async (/** @type {string} */ name) => new File([`photo ${number}`], name),
      shown: () => document.createElement("canvas"),
    };
  }
}

/**
 * Opens the dialog before a site that answers so.
 * @param {import("node:test").TestContext} t
 */
async function openCapture(t) {
  openPage(t, DIALOG);
  /** @type {{body: FormData, answer: (told: object, status?: number) => Promise<void>}[]} */
  const asked = [];
  t.mock.method(globalThis, "fetch", (/** @type {string} */ _url, /** @type {{body: FormData}} */ { body }) => {
    return new Promise((resolve) => {
      const answer = async (/** @type {object} */ told, status = 200) => {
        resolve(Response.json({ marks: {}, view: null, ...told }, { status, headers: { "Retry-After": "1" } }));
        await settled();
      };
      asked.push({ body, answer });
    });
  });
  /** @type {File[]} */
  const photos = [];
  const camera = new FakeCamera();
  const dialog = /** @type {HTMLDialogElement} */ (part("dialog"));
  const capture = new Capture(dialog, "t", (photo) => photos.push(photo), camera);
  void capture.open();
  await settled();
  /** @returns {{body: FormData, answer: (told: object, status?: number) => Promise<void>}} the last question */
  const last = () => /** @type {any} */ (asked.at(-1));
  return { asked, last, camera, capture, dialog, photos };
}

const settled = async () => {
  for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
};

/**
 * Lets time pass in small steps: a pause that begins within them ends within them, too.
 * @param {import("node:test").TestContext} t
 * @param {number} milliseconds
 */
async function pass(t, milliseconds) {
  for (let left = milliseconds; left > 0; left -= 50) {
    t.mock.timers.tick(Math.min(50, left));
    await settled();
  }
}

const hint = () => part("[data-hint]").textContent;

test("one frame is on its way at a time, and four a second at most", async (t) => {
  const { asked, last } = await openCapture(t);
  await pass(t, 5_000);
  assert.equal(asked.length, 1);
  await last().answer({ hint: "come_closer", sentence: "Come closer." });
  await pass(t, 50);
  assert.equal(asked.length, 2);
  await last().answer({ hint: "come_closer", sentence: "Come closer." });
  await pass(t, 200);
  assert.equal(asked.length, 2);
  await pass(t, 50);
  assert.equal(asked.length, 3);
});

test("a hint is shown when it comes twice, and what is right is marked at once", async (t) => {
  const { last } = await openCapture(t);
  await last().answer({ hint: "come_closer", sentence: "Come closer.", marks: { light: true } });
  assert.equal(hint(), "Waiting for the camera …");
  assert.equal(part("[data-mark=light]").dataset.good, "yes");
  await pass(t, 250);
  await last().answer({ hint: "come_closer", sentence: "Come closer." });
  assert.equal(hint(), "Come closer.");
  assert.equal(part("[data-mark=light]").dataset.good, "no");
});

test("a good frame is taken as it was judged, and the next view is asked for", async (t) => {
  const { last, photos } = await openCapture(t);
  assert.deepEqual([last().body.get("missing"), last().body.get("straight")], ["straight,left", ""]);
  await last().answer({ hint: "taken", sentence: "Good.", view: "straight", straight: "4.5 120 0" });
  assert.equal(hint(), "Good.");
  assert.equal(await photos[0]?.text(), "photo 1");
  assert.match(photos[0]?.name ?? "", /^camera-straight-20260504120000000\.jpg$/);
  assert.equal(part("[data-view=straight]").dataset.taken, "yes");
  assert.equal(part("[data-view=straight] [data-state]").textContent, "taken");
  await pass(t, 1_000);
  assert.deepEqual([last().body.get("missing"), last().body.get("straight")], ["left", "4.5 120 0"]);
});

test("after the last view nothing is asked, until its photo is taken out", async (t) => {
  const { asked, last, capture, dialog, photos } = await openCapture(t);
  await last().answer({ hint: "taken", sentence: "Good.", view: "straight" });
  await pass(t, 1_000);
  await last().answer({ hint: "taken", sentence: "Good.", view: "left" });
  await pass(t, 5_000);
  assert.equal(asked.length, 2);
  assert.match(hint() ?? "", /^All photos are taken/);
  dialog.close();
  capture.forget(/** @type {File} */ (photos[1]));
  assert.equal(part("[data-view=left]").dataset.taken, "no");
  void capture.open();
  await settled();
  assert.equal(last().body.get("missing"), "left");
});

test("a closed dialog rests the camera, and a late answer takes nothing", async (t) => {
  const { last, camera, dialog, photos } = await openCapture(t);
  assert.equal(camera.isOn, true);
  dialog.close();
  assert.equal(camera.isOn, false);
  await last().answer({ hint: "taken", sentence: "Good.", view: "straight" });
  assert.deepEqual(photos, []);
});

test("a photo by hand needs no judgement", async (t) => {
  const { photos } = await openCapture(t);
  part("[data-shutter]").click();
  await settled();
  assert.match(photos[0]?.name ?? "", /^camera-photo-/);
  assert.equal(hint(), "Taken.");
});

test("a busy site is asked again when it said, with its reason on the screen", async (t) => {
  const { asked, last } = await openCapture(t);
  await last().answer({ reason: "Too busy." }, 503);
  assert.equal(hint(), "Too busy.");
  await pass(t, 900);
  assert.equal(asked.length, 1);
  await pass(t, 400);
  assert.equal(asked.length, 2);
});
