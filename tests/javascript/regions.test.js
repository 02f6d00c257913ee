// The editor of regions: what is drawn is written into the field, and turns with the picture.
// @ts-check

import assert from "node:assert/strict";
import { test } from "node:test";
import { Drawing } from "../../streams/static/streams/region-drawing.js";
import { crossesItself, laid, read, written } from "../../streams/static/streams/region-shapes.js";
import { openPage } from "./page.js";

const TEXT = "look here | Door | 0 0, 0.5 0, 0.5 1\nnever keep |  | 0.6 0.1, 0.9 0.1, 0.9 0.3333";
/** @type {import("../../streams/static/streams/region-shapes.js").Corner[]} */
const EDGE = [[0, 0], [0.25, 0], [0.25, 1], [0, 1]];

test("the field's text is read and written alike, and what cannot be read is left to the server", () => {
  const regions = read(TEXT);
  assert.equal(written(regions ?? []), TEXT);
  assert.deepEqual(read(""), []);
  assert.equal(read("mask | Window | 0 0, 1 0, 1 1"), null);
  assert.equal(read("never keep | Window | 0;0, 1 0, 1 1"), null);
});

test("a name cannot break its line", () => {
  const regions = [{ kind: /** @type {const} */ ("never keep"), name: "a|b\nc", corners: EDGE }];
  assert.equal(read(written(regions))?.[0]?.name, "a b c");
});

test("corners turn with the picture and back, as on the server", () => {
  const lies = [0, 90, 180, 270].flatMap((turn) => [{ turn, mirrored: false }, { turn, mirrored: true }]);
  assert.deepEqual(laid(EDGE, { turn: 0, mirrored: false }, { turn: 90, mirrored: false }), [[1, 0], [1, 0.25], [0, 0.25], [0, 0]]);
  assert.deepEqual(laid(EDGE, { turn: 0, mirrored: false }, { turn: 0, mirrored: true }), [[1, 0], [0.75, 0], [0.75, 1], [1, 1]]);
  for (const before of lies) for (const after of lies) assert.deepEqual(laid(laid(EDGE, before, after), after, before), EDGE);
});

test("an outline that crosses or touches itself is known", () => {
  assert.equal(crossesItself(EDGE), false);
  assert.equal(crossesItself([[0, 0], [1, 1], [1, 0], [0, 1]]), true);
  assert.equal(crossesItself([[0, 0], [0.5, 0], [0.5, 0], [0, 1]]), true);
  assert.equal(crossesItself([[0, 0], [1, 0], [1, 1], [0.5, 0.2], [0, 1]]), false);
});

test("what is drawn is undone step by step, and a removed region comes back", () => {
  const drawing = new Drawing([]);
  drawing.begin("never keep");
  for (const [x, y] of EDGE) drawing.add(x, y);
  drawing.undo();
  assert.equal(drawing.draft?.corners.length, 3);
  assert.equal(drawing.finish(), "");
  drawing.remove(0);
  assert.equal(drawing.regions.length, 0);
  drawing.undo();
  assert.deepEqual(drawing.regions[0]?.corners, EDGE.slice(0, 3));
});

test("a region needs three corners and no crossing, and its corners stay within the picture", () => {
  const drawing = new Drawing([]);
  drawing.begin("look here");
  drawing.add(-1, 0.123456);
  drawing.add(2, 0.5);
  assert.deepEqual(drawing.draft?.corners, [[0, 0.1235], [1, 0.5]]);
  assert.match(drawing.finish(), /three corners/);
  drawing.add(0.5, 0.9);
  drawing.add(0.5, 0.1);
  assert.match(drawing.finish(), /crosses itself/);
  assert.equal(drawing.regions.length, 0);
});

test("corners are moved and taken out, but not the last three", () => {
  const drawing = new Drawing([{ kind: "look here", name: "", corners: EDGE }]);
  drawing.edit(0);
  drawing.keep();
  drawing.move(1, 0.5, 0.5);
  assert.deepEqual(drawing.regions[0]?.corners[1], [0.5, 0.5]);
  assert.equal(drawing.drop(0), true);
  assert.equal(drawing.drop(0), false);
});

/** @param {import("node:test").TestContext} t */
async function openForm(t) {
  openPage(t, `<form><select name="turn"><option value="0">no</option><option value="90">right</option></select>
    <input type="checkbox" name="mirrored">
    <div data-regions data-field="id_regions" data-turn="0" data-mirrored="false" hidden>
      <button type="button" data-do-look></button><button type="button" data-do-never></button>
      <button type="button" data-do-finish></button><button type="button" data-do-undo></button>
      <button type="button" data-do-picture></button>
      <svg tabindex="0"></svg><p data-said></p><ul data-list></ul></div>
    <textarea id="id_regions" name="regions"></textarea></form>`);
  await import("../../streams/static/streams/regions.js"); // it opens the editors of its page, as in a browser
  const root = /** @type {HTMLElement} */ (document.querySelector("[data-regions]"));
  const field = /** @type {HTMLTextAreaElement} */ (document.getElementById("id_regions"));
  /** @param {string} name */
  const press = (name) => /** @type {HTMLElement} */ (root.querySelector(`[data-do-${name}]`)).click();
  /** @param {string[]} keys */
  const type = (...keys) => keys.forEach((key) => {
    root.querySelector("svg")?.dispatchEvent(new window.KeyboardEvent("keydown", { key, bubbles: true }));
  });
  return { root, field, press, type };
}

test("a region is drawn with the keyboard alone and lands in the field, and turning the picture turns it", async (t) => {
  const { root, field, press, type } = await openForm(t);
  assert.equal(root.hidden, false);
  assert.equal(field.hidden, true);
  press("never");
  type("Enter", "ArrowRight", "ArrowRight", "Enter", "ArrowDown", "ArrowDown", "Enter");
  press("finish");
  assert.equal(field.value, "never keep |  | 0.5 0.5, 0.52 0.5, 0.52 0.52");
  const turn = /** @type {HTMLSelectElement} */ (document.querySelector("select"));
  turn.value = "90";
  turn.dispatchEvent(new window.Event("change", { bubbles: true }));
  assert.equal(field.value, "never keep |  | 0.5 0.5, 0.5 0.52, 0.48 0.52");
});
