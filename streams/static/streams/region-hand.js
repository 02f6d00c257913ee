// Drawing on the picture: corners by mouse, finger and keyboard.
// @ts-check

/** @typedef {import("./region-canvas.js").RegionCanvas} RegionCanvas */
/** @typedef {import("./region-drawing.js").Drawing} Drawing */
/** @typedef {import("./region-shapes.js").Corner} Corner */
/** @typedef {{changed: () => void, finish: () => void, cancel: () => void, undo: () => void, say: (words: string) => void}} Told */

const STEP = 0.01;
/** @type {Record<string, Corner>} */
const ARROWS = { ArrowLeft: [-STEP, 0], ArrowRight: [STEP, 0], ArrowUp: [0, -STEP], ArrowDown: [0, STEP] };
const NEAR_PX = 14;

export class RegionHand {
  /** @type {number|null} the corner that a pointer drags */
  #dragged = null;

  /**
   * @param {RegionCanvas} canvas
   * @param {Drawing} drawing
   * @param {Told} told what is to be done about it
   */
  constructor(canvas, drawing, told) {
    this.canvas = canvas;
    this.svg = canvas.svg;
    this.drawing = drawing;
    this.told = told;
    this.svg.addEventListener("pointerdown", (event) => this.#press(event));
    this.svg.addEventListener("pointermove", (event) => this.#drag(event));
    this.svg.addEventListener("pointerup", () => this.#release());
    this.svg.addEventListener("pointercancel", () => this.#release());
    this.svg.addEventListener("click", (event) => this.#click(event));
    this.svg.addEventListener("keydown", (event) => this.#key(event));
  }

  /** @param {PointerEvent} event */
  #press(event) {
    const corner = /** @type {Element} */ (event.target).getAttribute("data-corner");
    if (corner !== null) {
      this.#dragged = Number(corner);
      this.drawing.keep();
      this.svg.setPointerCapture(event.pointerId);
    }
  }

  /**
   * A corner is set when the finger leaves: what moves on the page before that would get its click.
   * @param {MouseEvent} event
   */
  #click(event) {
    if (this.drawing.draft) this.#put(...this.canvas.place(event));
  }

  /**
   * @param {number} x
   * @param {number} y
   */
  #put(x, y) {
    this.canvas.cross = [x, y];
    const first = this.drawing.draft?.corners[0];
    if (first && this.drawing.canFinish && this.canvas.apart(first, [x, y]) < NEAR_PX) return this.told.finish();
    if (!this.drawing.add(x, y)) this.told.say("A region has at most 60 corners.");
    return this.told.changed();
  }

  /** @param {PointerEvent} event */
  #drag(event) {
    if (this.#dragged === null) return;
    this.drawing.move(this.#dragged, ...this.canvas.place(event));
    this.told.changed();
  }

  #release() {
    this.#dragged = null;
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const corner = /** @type {Element} */ (event.target).getAttribute("data-corner");
    const done = corner === null ? this.#drawByKey(event) : this.#editByKey(Number(corner), event);
    if (done) event.preventDefault();
  }

  /**
   * @param {KeyboardEvent} event
   * @returns {boolean} whether the key meant something
   */
  #drawByKey(event) {
    if (!this.drawing.draft) return false;
    const arrow = ARROWS[event.key];
    if (arrow) {
      const far = event.shiftKey ? 5 : 1;
      this.canvas.cross = [clamped(this.canvas.cross[0] + far * arrow[0]), clamped(this.canvas.cross[1] + far * arrow[1])];
      this.told.changed();
    } else if (event.key === "Enter" || event.key === " ") this.#put(...this.canvas.cross);
    else if (event.key === "Backspace") this.told.undo();
    else if (event.key === "Escape") this.told.cancel();
    else return false;
    return true;
  }

  /**
   * @param {number} corner
   * @param {KeyboardEvent} event
   * @returns {boolean} whether the key meant something
   */
  #editByKey(corner, event) {
    const at = this.drawing.regions[this.drawing.edited ?? -1]?.corners[corner];
    const arrow = ARROWS[event.key];
    if (at && arrow) {
      const far = event.shiftKey ? 5 : 1;
      this.drawing.keep();
      this.drawing.move(corner, at[0] + far * arrow[0], at[1] + far * arrow[1]);
    } else if (event.key === "Delete" || event.key === "Backspace") {
      if (!this.drawing.drop(corner)) this.told.say("A region has at least three corners. Remove it as a whole.");
    } else return false;
    this.told.changed();
    return true;
  }
}

/** @param {number} fraction */
function clamped(fraction) {
  return Math.min(1, Math.max(0, fraction));
}
