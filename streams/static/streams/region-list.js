// The list of a camera's regions below its picture: names to write, and buttons to move corners and to remove.
// @ts-check

/** @typedef {import("./region-drawing.js").Drawing} Drawing */
/** @typedef {import("./region-shapes.js").Region} Region */

/**
 * @typedef {object} ListEvents
 * @property {() => void} changed
 * @property {(number: number) => void} remove
 * @property {(words: string) => void} say
 */

export class RegionList {
  /**
   * @param {HTMLElement} root
   * @param {Drawing} drawing
   * @param {ListEvents} events
   */
  constructor(root, drawing, events) {
    this.root = root;
    this.drawing = drawing;
    this.events = events;
  }

  show() {
    const wanted = this.drawing.regions.map((region) => region.kind).join();
    if (this.root.dataset.shown !== wanted) {
      this.root.dataset.shown = wanted;
      this.root.replaceChildren(...this.drawing.regions.map((region, number) => this.#row(region, number)));
    }
    [...this.root.children].forEach((row, number) => {
      const input = /** @type {HTMLInputElement} */ (row.querySelector("input"));
      const name = this.drawing.regions[number]?.name ?? "";
      if (input.value !== name) input.value = name;
      row.querySelector("[data-edit]")?.setAttribute("aria-pressed", String(this.drawing.edited === number));
    });
  }

  /** Goes to the name of the region drawn last. */
  nameLast() {
    /** @type {HTMLInputElement|null} */ (this.root.querySelector("li:last-child input"))?.focus();
  }

  /**
   * @param {Region} region
   * @param {number} number
   */
  #row(region, number) {
    const row = document.createElement("li");
    const kind = document.createElement("span");
    kind.className = `regions-kind ${region.kind === "never keep" ? "never" : "look"}`;
    kind.textContent = region.kind;
    row.append(kind, this.#name(region, number), this.#edit(number), this.#remove(number));
    return row;
  }

  /**
   * @param {Region} region
   * @param {number} number
   */
  #name(region, number) {
    const name = document.createElement("input");
    Object.assign(name, { type: "text", maxLength: 60, placeholder: "Name" });
    name.setAttribute("aria-label", `Name of region ${number + 1}, ${region.kind}`);
    name.addEventListener("input", () => {
      this.drawing.rename(number, name.value);
      this.events.changed();
    });
    name.addEventListener("keydown", (event) => {
      if (event.key === "Enter") event.preventDefault(); // it would save the camera
    });
    return name;
  }

  /** @param {number} number */
  #edit(number) {
    const button = plainButton("Move corners");
    button.dataset.edit = "";
    button.setAttribute("aria-label", `Move corners of region ${number + 1}`);
    button.addEventListener("click", () => {
      this.drawing.edit(this.drawing.edited === number ? null : number);
      this.events.changed();
      this.events.say(this.drawing.edited === null ? "" : "Drag the corners, or move them with the arrow keys. Delete takes one out.");
    });
    return button;
  }

  /** @param {number} number */
  #remove(number) {
    const button = plainButton("Remove");
    button.setAttribute("aria-label", `Remove region ${number + 1}`);
    button.addEventListener("click", () => this.events.remove(number));
    return button;
  }
}

/** @param {string} words */
function plainButton(words) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button";
  button.textContent = words;
  return button;
}
