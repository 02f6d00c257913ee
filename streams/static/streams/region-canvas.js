// The picture on which regions are drawn: an SVG with the camera's picture, turned as the form says, and the regions.
// @ts-check

/** @typedef {import("./region-drawing.js").Drawing} Drawing */
/** @typedef {import("./region-shapes.js").Corner} Corner */
/** @typedef {import("./region-shapes.js").Lie} Lie */
/** @typedef {import("./region-shapes.js").Region} Region */

const SVG = "http://www.w3.org/2000/svg";
const BLANK = { width: 1600, height: 900 };

export class RegionCanvas {
  #picture = { url: "", ...BLANK, turn: 0, mirrored: false };
  /** @type {Corner} where the keyboard's cross is */
  cross = [0.5, 0.5];

  /**
   * @param {SVGSVGElement} svg
   * @param {Drawing} drawing
   */
  constructor(svg, drawing) {
    this.svg = svg;
    this.drawing = drawing;
    new ResizeObserver(() => this.show()).observe(svg);
  }

  /**
   * @param {string} url
   * @param {Lie} lie how the camera's picture was turned when it was taken
   */
  async load(url, lie) {
    const image = new Image();
    image.src = url;
    await image.decode();
    this.#picture = { url, width: image.naturalWidth, height: image.naturalHeight, ...lie };
  }

  /** @param {Lie} [lie] how it lies now; as before if it is left out */
  show(lie = this.lie) {
    this.lie = lie;
    const { width, height } = this.#size;
    this.svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
    this.svg.setAttribute("width", String(width));
    this.svg.setAttribute("height", String(height));
    const focused = document.activeElement?.getAttribute("data-corner");
    const { regions, draft, edited } = this.drawing;
    const shapes = regions.flatMap((region, number) => this.#shape(region, number === edited));
    this.svg.replaceChildren(...this.#background(), ...shapes, ...this.#draftShapes(draft), ...this.#handles());
    this.svg.toggleAttribute("data-drawing", draft !== null);
    if (focused != null) this.#focusCorner(Number(focused));
  }

  /** @type {Lie} */
  lie = { turn: 0, mirrored: false };

  get #quarters() {
    return (((this.lie.turn - this.#picture.turn) % 360) + 360) % 360;
  }

  get #size() {
    const { width, height } = this.#picture;
    return this.#quarters % 180 ? { width: height, height: width } : { width, height };
  }

  /**
   * @param {Corner} one
   * @param {Corner} two
   * @returns {number} how far apart they are on the screen, in pixels
   */
  apart(one, two) {
    const { width, height } = this.#size;
    return Math.hypot((one[0] - two[0]) * width, (one[1] - two[1]) * height) / this.#pixel;
  }

  /** Size of a pixel of the screen in the picture's. */
  get #pixel() {
    return 1 / (this.svg.getScreenCTM?.()?.a || 1); // none while it is not shown
  }

  /**
   * @param {MouseEvent} event
   * @returns {Corner} where it points; the picture may be narrower than the element
   */
  place(event) {
    const shown = this.svg.getScreenCTM();
    if (!shown) return this.cross;
    const { x, y } = new DOMPoint(event.clientX, event.clientY).matrixTransform(shown.inverse());
    return [x / this.#size.width, y / this.#size.height];
  }

  #background() {
    const { url, width, height, mirrored } = this.#picture;
    const ground = draw("rect", { class: "regions-ground", width: this.#size.width, height: this.#size.height });
    if (!url) return [ground];
    const turns = { 0: "", 90: `translate(${height} 0) rotate(90)`, 180: `translate(${width} ${height}) rotate(180)`,
      270: `translate(0 ${width}) rotate(270)` };
    const flip = (/** @type {number} */ across) => `translate(${across} 0) scale(-1 1)`;
    const transform = [this.lie.mirrored ? flip(this.#size.width) : "",
      turns[/** @type {0|90|180|270} */ (this.#quarters)], mirrored ? flip(width) : ""].join(" ");
    return [ground, draw("image", { href: url, width, height, transform })];
  }

  /**
   * @param {Region} region
   * @param {boolean} edited
   */
  #shape({ kind, name, corners }, edited) {
    const shape = draw("polygon", { points: this.#points(corners), class: `region ${kindClass(kind)}` });
    shape.toggleAttribute("data-edited", edited);
    const left = Math.min(...corners.map(([x]) => x)) * this.#size.width;
    const top = Math.min(...corners.map(([, y]) => y)) * this.#size.height;
    const label = draw("text", { x: left + 6 * this.#pixel, y: top + 18 * this.#pixel, "font-size": 14 * this.#pixel });
    label.textContent = name || kind;
    return [shape, label];
  }

  /** @param {Region|null} draft */
  #draftShapes(draft) {
    if (!draft) return [];
    const line = draw("polyline", { points: this.#points(draft.corners), class: `region draft ${kindClass(draft.kind)}` });
    const dots = draft.corners.map((corner) => this.#dot(corner, "regions-dot", 5));
    return [line, ...dots, ...this.#crossShapes()];
  }

  #crossShapes() {
    const [x, y] = [this.cross[0] * this.#size.width, this.cross[1] * this.#size.height];
    const reach = 12 * this.#pixel;
    return [draw("path", { class: "regions-cross", d: `M${x - reach} ${y}H${x + reach}M${x} ${y - reach}V${y + reach}` })];
  }

  #handles() {
    const region = this.drawing.regions[this.drawing.edited ?? -1];
    return (region?.corners ?? []).map((corner, number) => {
      const handle = this.#dot(corner, "regions-handle", 9);
      handle.setAttribute("data-corner", String(number));
      handle.setAttribute("tabindex", "0");
      handle.setAttribute("role", "button");
      handle.setAttribute("aria-label", `Corner ${number + 1} of ${region?.name || region?.kind}`);
      return handle;
    });
  }

  /**
   * @param {Corner} corner
   * @param {string} name
   * @param {number} radius
   */
  #dot([x, y], name, radius) {
    return draw("circle", { class: name, cx: x * this.#size.width, cy: y * this.#size.height, r: radius * this.#pixel });
  }

  /** @param {Corner[]} corners */
  #points(corners) {
    return corners.map(([x, y]) => `${x * this.#size.width},${y * this.#size.height}`).join(" ");
  }

  /** @param {number} corner */
  #focusCorner(corner) {
    /** @type {SVGElement|null} */ (this.svg.querySelector(`[data-corner="${corner}"]`))?.focus();
  }
}

/** @param {string} kind */
function kindClass(kind) {
  return kind === "never keep" ? "never" : "look";
}

/**
 * @param {string} name
 * @param {Record<string, string|number>} attributes
 */
function draw(name, attributes) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
  return /** @type {SVGElement} */ (element);
}
