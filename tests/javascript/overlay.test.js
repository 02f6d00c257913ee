// Where boxes and names are drawn, on a canvas that writes down what is asked of it.
// @ts-check

import assert from "node:assert/strict";
import { test } from "node:test";
import { drawFrame, labelOf } from "../../streams/static/streams/overlay.js";

/** @typedef {import("../../streams/static/streams/messages.js").FaceOverlay} FaceOverlay */

/** Letters of this drawing are all as wide as this. */
const LETTER_PX = 8;

/** Writes down what is drawn: [left, top, width, height] of rectangles and pictures, [words, left, top] of texts. */
class Drawing {
  /** @type {string[]} what was drawn, in order */
  order = [];
  /** @type {number[][]} */
  pictures = [];
  /** @type {{at: number[], dash: number[]}[]} */
  boxes = [];
  /** @type {number[][]} */
  grounds = [];
  /** @type {{words: string, left: number, top: number, font: string}[]} */
  words = [];
  /** @type {number[]} */
  transform = [];
  /** @type {number[]} */
  dash = [];
  font = "";

  /** @param {number[]} matrix */
  setTransform(...matrix) { this.transform = matrix; }
  clearRect() {}
  /** @param {unknown} _ @param {number[]} at */
  drawImage(_, ...at) { this.pictures.push(at); }
  /** @param {number[]} dash */
  setLineDash(dash) { this.dash = dash; }
  /** @param {number[]} at */
  strokeRect(...at) {
    this.order.push("box");
    this.boxes.push({ at, dash: this.dash });
  }
  /** @param {string} text */
  measureText(text) { return { width: LETTER_PX * [...text].length }; }
  /** @param {number[]} at */
  fillRect(...at) { this.grounds.push(at); }
  /** @param {string} words @param {number} left @param {number} top */
  fillText(words, left, top) {
    this.order.push("label");
    this.words.push({ words, left, top, font: this.font });
  }
}

/**
 * @param {[number, number, number, number]} box
 * @param {Partial<FaceOverlay>} changes
 * @returns {FaceOverlay}
 */
function face(box, changes = {}) {
  return { track: 1, box, verdict: "match", person: { id: "1", name: "Ada" }, stranger: null, distance: 0.3, ...changes };
}

/**
 * Draws a frame of 640 × 360 pixels.
 * @param {FaceOverlay[]} faces
 * @param {{width?: number, height?: number, ratio?: number}} screen size of the canvas in CSS pixels
 */
function draw(faces, { width = 640, height = 360, ratio = 1 } = {}) {
  Object.assign(globalThis, { window: { devicePixelRatio: ratio } });
  const drawing = new Drawing();
  const canvas = { clientWidth: width, clientHeight: height, width: 0, height: 0, getContext: () => drawing };
  drawFrame(/** @type {any} */ (canvas), /** @type {any} */ ({}), {
    type: "frame", camera: "hall", frame: 1, captured_at: "2026-05-04T12:00:00.000Z", delay_ms: 40,
    width_px: 640, height_px: 360, old_after_ms: 2_000, faces,
  });
  return { drawing, canvas };
}

test("a label says the outcome without colour", () => {
  const box = /** @type {[number, number, number, number]} */ ([0, 0, 10, 10]);
  const labels = (/** @type {Partial<FaceOverlay>[]} */ ...all) => all.map((changes) => labelOf(face(box, changes)));
  assert.deepEqual(labels({}, { verdict: "review" }), ["✓ Ada", "Ada?"]);
  assert.deepEqual(labels({ verdict: "unknown" }, { verdict: "pending" }), ["unknown", "…"]);
  assert.deepEqual(labels({ verdict: "withheld" }), [""]);
  assert.deepEqual(labels({ verdict: "unknown", person: null, stranger: "Stranger 12" }), ["Stranger 12"]);
});

test("a frame fills the canvas as far as its shape allows, in the middle", () => {
  assert.deepEqual(draw([], { width: 320, height: 360 }).drawing.pictures, [[0, 90, 320, 180]]);
  assert.deepEqual(draw([], { width: 1000, height: 360 }).drawing.pictures, [[180, 0, 640, 360]]);
});

test("a box lies where the face is in the picture, whatever the size on the screen", () => {
  const { drawing } = draw([face([100, 40, 200, 140])], { width: 320, height: 360 });
  assert.deepEqual(drawing.boxes.map(({ at }) => at), [[50, 110, 50, 50], [50, 110, 50, 50]]);
});

test("a box that reaches over the edge is cut off there", () => {
  const { drawing } = draw([face([-20, -10, 50, 60]), face([600, 300, 700, 400])]);
  assert.deepEqual(drawing.boxes[0]?.at, [0, 0, 50, 60]);
  assert.deepEqual(drawing.boxes[2]?.at, [600, 300, 40, 60]);
});

test("the canvas has the screen's own pixels", () => {
  const { drawing, canvas } = draw([], { ratio: 1.5 });
  assert.deepEqual([canvas.width, canvas.height], [960, 540]);
  assert.deepEqual(drawing.transform, [1.5, 0, 0, 1.5, 0, 0]);
});

test("nothing is drawn on a canvas without a size", () => {
  assert.deepEqual(draw([face([0, 0, 10, 10])], { width: 0 }).drawing.order, []);
});

test("names are drawn over every box", () => {
  const { drawing } = draw([face([100, 100, 150, 150]), face([120, 100, 170, 150])]);
  assert.deepEqual(drawing.order, ["box", "box", "box", "box", "label", "label"]);
});

test("a name stands on its box, and inside it where there is no room above", () => {
  const { drawing } = draw([face([100, 100, 150, 150]), face([300, 10, 350, 60])]);
  assert.deepEqual(drawing.grounds, [[98.5, 76, 5 * LETTER_PX + 14, 24], [298.5, 10, 5 * LETTER_PX + 14, 24]]);
});

test("names of people side by side do not hide each other", () => {
  const { drawing } = draw([face([100, 100, 150, 150]), face([130, 104, 180, 154]), face([140, 96, 190, 146])]);
  const spans = drawing.grounds.map(([, top = 0, , height = 0]) => [top, top + height]);
  assert.deepEqual(spans, [[76, 100], [154, 178], [48, 72]]); // above, below, and a line farther up
});

test("a name at the right edge stays inside the picture", () => {
  const { drawing } = draw([face([620, 100, 640, 150])]);
  const [left = 0, , width = 0] = drawing.grounds[0] ?? [];
  assert.equal(left + width, 640);
});

test("a name that is wider than the picture is shortened", () => {
  const person = { id: "1", name: "A".repeat(200) };
  const { drawing } = draw([face([100, 100, 150, 150], { person })], { width: 400, height: 225 });
  assert.equal(drawing.words[0]?.words, `✓ ${"A".repeat(45)}…`);
});

test("a small picture gets smaller letters", () => {
  assert.match(draw([face([100, 100, 150, 150])]).drawing.words[0]?.font ?? "", /^600 15px/);
  assert.match(draw([face([100, 100, 150, 150])], { width: 200 }).drawing.words[0]?.font ?? "", /^600 12px/);
});

test("somebody beyond the viewer's limits has a box and no words", () => {
  const { drawing } = draw([face([100, 100, 150, 150], { verdict: "withheld", person: null })]);
  assert.equal(drawing.boxes.length, 2);
  assert.deepEqual(drawing.words, []);
});

test("verdicts differ by their lines, for those too who see no colours", () => {
  const verdicts = /** @type {const} */ (["match", "review", "unknown", "pending"]);
  const { drawing } = draw(verdicts.map((verdict) => face([100, 100, 150, 150], { verdict })));
  const lines = drawing.boxes.filter((_, index) => index % 2); // the other ones are their edges
  const dashes = lines.map(({ dash }) => dash.join(" "));
  assert.equal(new Set(dashes).size, verdicts.length);
});
