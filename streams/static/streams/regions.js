// The editor of a camera's regions in its form. The field holds them as text, which is all that the server reads.
// @ts-check

import { RegionCanvas } from "./region-canvas.js";
import { Drawing } from "./region-drawing.js";
import { RegionHand } from "./region-hand.js";
import { RegionList } from "./region-list.js";
import { KINDS, read, written } from "./region-shapes.js";

/** @typedef {import("./region-shapes.js").Lie} Lie */
/** @typedef {import("./region-shapes.js").Region} Region */

const HOW = "Set the corners with mouse or finger, or with the arrow keys and Enter. End at the first corner, or with Finish.";

class RegionEditor {
  /**
   * @param {HTMLElement} root
   * @param {HTMLTextAreaElement} field
   * @param {Region[]} regions
   */
  constructor(root, field, regions) {
    this.root = root;
    this.field = field;
    this.drawing = new Drawing(regions);
    this.said = this.#part("said");
    this.list = new RegionList(this.#part("list"), this.drawing, {
      changed: () => this.show(),
      remove: (number) => this.#do(() => this.drawing.remove(number), "Removed. Undo brings it back."),
      say: (words) => this.say(words),
    });
    this.canvas = new RegionCanvas(/** @type {any} */ (root.querySelector("svg")), this.drawing);
    new RegionHand(this.canvas, this.drawing, {
      changed: () => this.show(),
      finish: () => this.#finish(),
      cancel: () => this.#do(() => this.drawing.cancel(), "Nothing was drawn."),
      undo: () => this.#do(() => this.drawing.undo(), "Undone."),
      say: (words) => this.say(words),
    });
    this.#button("look").addEventListener("click", () => this.#begin(0));
    this.#button("never").addEventListener("click", () => this.#begin(1));
    this.#button("finish").addEventListener("click", () => this.#finish());
    this.#button("undo").addEventListener("click", () => this.#do(() => this.drawing.undo(), "Undone."));
    this.#button("picture").addEventListener("click", () => this.fetchPicture());
    this.#followTheForm();
    root.hidden = false;
    field.hidden = true;
    this.canvas.lie = this.lie;
    this.show();
  }

  /** How the picture lies by the form's fields. @returns {Lie} */
  get lie() {
    const fields = /** @type {HTMLFormElement} */ (this.field.form).elements;
    const turn = /** @type {HTMLSelectElement|null} */ (fields.namedItem("turn"));
    const mirrored = /** @type {HTMLInputElement|null} */ (fields.namedItem("mirrored"));
    return { turn: Number(turn?.value ?? 0), mirrored: mirrored?.checked ?? false };
  }

  show() {
    this.canvas.show();
    this.field.value = written(this.drawing.regions);
    /** @type {HTMLButtonElement} */ (this.#button("finish")).disabled = !this.drawing.canFinish;
    /** @type {HTMLButtonElement} */ (this.#button("undo")).disabled = !this.drawing.canUndo;
    this.list.show();
  }

  /** @param {string} words */
  say(words) {
    this.said.textContent = words;
  }

  async fetchPicture() {
    const url = this.root.dataset.picture;
    if (!url) return;
    try {
      await this.showPicture(`${url}?${Date.now()}`, this.storedLie);
    } catch {
      this.say("There is no picture of this camera now. “Test this source” below fetches one.");
    }
  }

  /**
   * @param {string} url
   * @param {Lie} taken how the picture was turned when it was taken
   */
  async showPicture(url, taken) {
    await this.canvas.load(url, taken);
    this.show();
  }

  /** How the stored camera turns its picture, which differs from the form while that is edited. @returns {Lie} */
  get storedLie() {
    return { turn: Number(this.root.dataset.turn ?? 0), mirrored: this.root.dataset.mirrored === "true" };
  }

  #followTheForm() {
    this.field.form?.addEventListener("change", () => {
      const [before, after] = [this.canvas.lie, this.lie];
      if (before.turn === after.turn && before.mirrored === after.mirrored) return;
      this.drawing.lay(before, after);
      this.canvas.lie = after;
      this.show();
      this.say("The regions were turned with the picture.");
    });
    document.addEventListener("source-tried", (event) => {
      const { url, lie } = /** @type {CustomEvent} */ (event).detail;
      this.showPicture(url, lie).catch(() => this.say("The picture could not be shown."));
    });
  }

  /** @param {number} kind place in KINDS */
  #begin(kind) {
    this.drawing.begin(KINDS[kind] ?? "look here");
    this.show();
    this.canvas.svg.focus();
    this.say(HOW);
  }

  #finish() {
    const problem = this.drawing.finish();
    this.show();
    if (problem) return this.say(problem);
    this.say("Drawn. Give it a name, and save the camera.");
    return this.list.nameLast();
  }

  /**
   * @param {() => void} change
   * @param {string} words
   */
  #do(change, words) {
    change();
    this.show();
    this.say(words);
  }

  /** @param {string} name */
  #part(name) {
    return /** @type {HTMLElement} */ (this.root.querySelector(`[data-${name}]`));
  }

  /** @param {string} name */
  #button(name) {
    return this.#part(`do-${name}`);
  }
}

/** @param {HTMLElement} root the editor, hidden until the field's text can be read */
function openEditor(root) {
  const field = /** @type {HTMLTextAreaElement} */ (document.getElementById(root.dataset.field ?? ""));
  const regions = read(field.value);
  if (regions) new RegionEditor(root, field, regions).fetchPicture();
  // Otherwise the server has said what is wrong in the text, and the text can be mended.
}

for (const root of document.querySelectorAll("[data-regions]")) openEditor(/** @type {HTMLElement} */ (root));
