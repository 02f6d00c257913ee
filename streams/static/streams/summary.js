// All cameras in one line: how many are live, and links to those that are not.
// @ts-check

import { Spoken } from "./spoken.js";

/** @typedef {import("./camera-view.js").CameraView} CameraView */

/** States that somebody should look at, and how long one must last to be told: a camera that starts is no trouble. */
/** @type {Record<string, string>} */
const TROUBLE = { down: "down", stalled: "stalled", late: "late", waiting: "waiting", connecting: "connecting" };
const LASTS_MS = 5_000;

export class Summary {
  /** @type {Map<CameraView, {state: string, since: number}>} */
  #lasting = new Map();
  #said = "";
  /** @type {Set<string>} troubles as they were last told */
  #told = new Set();

  /** @param {HTMLElement|null} element null on a page of one camera */
  constructor(element) {
    this.element = /** @type {HTMLElement|null} */ (element?.querySelector("[data-summary-words]"));
    this.spoken = element && new Spoken(/** @type {HTMLElement} */ (element.querySelector("[data-summary-spoken]")));
  }

  /** @param {CameraView[]} views none while the page is not connected */
  show(views) {
    if (!this.element) return;
    const live = views.filter((view) => view.state === "live").length;
    const off = views.filter((view) => view.state === "off").length;
    const asleep = views.filter((view) => view.state === "asleep").length;
    const troubled = views.filter((view) => view.state in TROUBLE && this.#lasts(view));
    const ended = views.filter((view) => view.state === "ended").length;
    const said = JSON.stringify([live, asleep, off, ended, troubled.map((view) => [view.slug, view.name, view.state])]);
    if (said === this.#said) return;
    this.#said = said;
    const counted = [[live, "live"], [asleep, "asleep"], [off, "off"], [ended, "ended"]];
    const words = counted.filter(([count]) => count).map((each) => each.join(" ")).join(", ");
    this.element.replaceChildren(words, ...(troubled.length && words ? [", "] : []), ...troubled.flatMap(linked));
    const troubles = troubled.map((view) => `${view.name}: ${TROUBLE[view.state]}`);
    for (const words of troubles) if (!this.#told.has(words)) this.spoken?.say(words);
    this.#told = new Set(troubles);
  }

  /** @param {CameraView} view */
  #lasts(view) {
    const before = this.#lasting.get(view);
    if (before?.state !== view.state) this.#lasting.set(view, { state: view.state, since: performance.now() });
    return before?.state === view.state && performance.now() - before.since > LASTS_MS;
  }
}

/**
 * @param {CameraView} view
 * @param {number} index
 * @returns {(string|HTMLElement)[]}
 */
function linked(view, index) {
  const link = document.createElement("a");
  link.href = `#${view.element.id}`;
  link.dataset.state = view.state;
  const name = document.createElement("bdi");
  name.textContent = view.name;
  link.append(name, ` ${TROUBLE[view.state]}`);
  return index ? [", ", link] : [link];
}
