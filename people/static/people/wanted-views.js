// The views that guided capture collects: a row of targets that fill, and become free when their photo is taken out.
// @ts-check

export class WantedViews {
  /** @type {Map<string, File>} */
  #taken = new Map();
  /** What the site said of the straight frame, with which it compares the others. */
  #straight = "";

  /** @param {HTMLElement} list has an item with `data-view` for each */
  constructor(list) {
    this.items = /** @type {HTMLElement[]} */ ([...list.querySelectorAll("[data-view]")]);
  }

  /** The views that are not taken yet, in the order in which they are asked for. */
  get missing() {
    return this.items.map(({ dataset }) => dataset.view ?? "").filter((view) => !this.#taken.has(view));
  }

  get straight() {
    return this.#straight;
  }

  /**
   * @param {string} view
   * @param {File} file
   * @param {string} straight is what the site said of its frame
   * @param {HTMLCanvasElement} picture is shown small
   */
  fill(view, file, straight, picture) {
    this.#taken.set(view, file);
    if (view === "straight") this.#straight = straight;
    this.#show(view, "taken", picture);
  }

  /** @param {File} file was taken out */
  forget(file) {
    for (const [view, taken] of this.#taken) {
      if (taken !== file) continue;
      this.#taken.delete(view);
      this.#show(view, "missing");
    }
  }

  /**
   * @param {string} view
   * @param {"taken" | "missing"} state
   * @param {HTMLCanvasElement[]} pictures
   */
  #show(view, state, ...pictures) {
    const item = /** @type {HTMLElement} */ (this.items.find(({ dataset }) => dataset.view === view));
    item.dataset.taken = state === "taken" ? "yes" : "no";
    /** @type {HTMLElement} */ (item.querySelector("[data-state]")).textContent = state;
    /** @type {HTMLElement} */ (item.querySelector("[data-thumb]")).replaceChildren(...pictures);
  }
}
