// Who is in view now: a strip whose entries keep their places, so that nobody moves because another one left.
// @ts-check

import { fullTime, siteTime } from "./clock.js";
import { SURENESS } from "./words.js";

/** @typedef {import("./messages.js").PresentRecord} PresentRecord */

export class InView {
  /** @type {Map<string, HTMLElement>} the places of those who are in view, by key */
  #places = new Map();

  /** @param {HTMLElement} strip the section of _in_view.html */
  constructor(strip) {
    this.list = /** @type {HTMLElement} */ (strip.querySelector("[data-strip-list]"));
    this.number = /** @type {HTMLElement} */ (strip.querySelector("[data-strip-number]"));
    this.nobody = /** @type {HTMLElement} */ (strip.querySelector("[data-strip-nobody]"));
    this.portraits = strip.dataset.portraits ?? ""; // where those of enrolled people are; "": they may not be seen
    this.template = /** @type {HTMLTemplateElement} */ (document.getElementById("present-template"));
  }

  /** @param {PresentRecord[]} entries everybody, longest in view first */
  reset(entries) {
    const there = new Set(entries.map((entry) => entry.key));
    this.change(entries, [...this.#places.keys()].filter((key) => !there.has(key)));
  }

  /**
   * @param {PresentRecord[]} came those who are new, or seen otherwise than before
   * @param {string[]} left keys of those who are out of view
   */
  change(came, left) {
    for (const key of left) this.#vacate(key);
    for (const entry of came) this.#show(entry);
    this.number.textContent = String(this.#places.size);
    this.nobody.hidden = this.#places.size > 0;
  }

  /** @param {PresentRecord} entry */
  #show(entry) {
    const place = this.#places.get(entry.key) ?? this.#freePlace();
    this.#places.set(entry.key, place);
    fill(place, entry);
    this.#showFace(/** @type {HTMLImageElement} */ (place.querySelector("[data-face]")), entry);
  }

  /**
   * As the camera sees them; until it has a picture, as they are enrolled.
   * @param {HTMLImageElement} face
   * @param {PresentRecord} entry
   */
  #showFace(face, entry) {
    const enrolled = this.portraits && entry.person ? `${this.portraits}${entry.person.id}/` : "";
    const address = entry.snapshot_url ?? enrolled;
    if (face.getAttribute("src") === address) return;
    face.hidden = !address;
    face.onerror = () => { face.hidden = true; }; // nobody who is enrolled, or none that may be seen
    if (address) face.src = address;
  }

  /** The first empty place that is under no hand, or one more at the end. */
  #freePlace() {
    const empty = [...this.list.children].find((each) => !each.firstElementChild && !each.matches(":hover"));
    const place = /** @type {HTMLElement} */ (empty ?? document.createElement("li"));
    place.replaceChildren(this.template.content.cloneNode(true));
    place.removeAttribute("aria-hidden");
    if (!empty) this.list.append(place);
    return place;
  }

  /** @param {string} key */
  #vacate(key) {
    const place = this.#places.get(key);
    this.#places.delete(key);
    place?.replaceChildren();
    place?.setAttribute("aria-hidden", "true");
    while (this.list.lastElementChild && !this.list.lastElementChild.firstElementChild) this.list.lastElementChild.remove();
  }
}

/**
 * @param {HTMLElement} place
 * @param {PresentRecord} entry
 */
function fill(place, entry) {
  /** @param {string} name */
  const part = (name) => /** @type {HTMLElement} */ (place.querySelector(`[data-${name}]`));
  /** @type {HTMLAnchorElement} */ (part("link")).href = entry.url;
  part("verdict").className = `verdict verdict-${entry.verdict}`;
  part("whom").textContent = entry.person?.name ?? entry.stranger ?? "unknown";
  part("sureness").textContent = SURENESS[entry.verdict] ?? "";
  part("where").textContent = entry.cameras.map((camera) => camera.name).join(", ");
  const since = /** @type {HTMLTimeElement} */ (part("since"));
  since.dateTime = entry.since;
  since.textContent = siteTime(entry.since);
  since.title = fullTime(entry.since);
}
