// The list of sightings that grows at its top while one looks.
// @ts-check

import { fullTime, siteTime } from "./clock.js";
import { Corrections, fillCorrections } from "./correcting.js";
import { Missed } from "./missed.js";
import { Spoken } from "./spoken.js";
import { SURENESS, distanceWords, lastedWords } from "./words.js";

/** @typedef {import("./messages.js").SightingRecord} SightingRecord */

export class Feed {
  /** @type {Map<string, {record: SightingRecord, element: HTMLElement}>} newest first in the page, by id here */
  #shown = new Map();
  #filter = "all";

  /** @param {HTMLElement} element the section of _feed.html */
  constructor(element) {
    this.max = Number(element.dataset.max);
    this.list = /** @type {HTMLElement} */ (element.querySelector("[data-feed-list]"));
    this.empty = /** @type {HTMLElement} */ (element.querySelector("[data-feed-empty]"));
    this.nothingYet = this.empty.textContent ?? "";
    this.hints = /** @type {HTMLElement} */ (element.querySelector("[data-feed-hints]"));
    this.missedNote = /** @type {HTMLElement} */ (element.querySelector("[data-feed-missed]"));
    this.spoken = new Spoken(/** @type {HTMLElement} */ (element.querySelector("[data-feed-spoken]")));
    this.corrections = new Corrections(element);
    this.missed = new Missed(() => this.#markMissed(), () => this.#newestAt());
    this.template = /** @type {HTMLTemplateElement} */ (document.getElementById("sighting-template"));
    element.querySelector("[data-feed-filter]")?.addEventListener("change", (event) => {
      this.#filter = /** @type {HTMLInputElement} */ (event.target).value;
      for (const { record, element: row } of this.#shown.values()) row.hidden = !this.#wanted(record);
      this.#sayEmpty();
    });
  }

  /** @param {SightingRecord[]} records newest first; all that the feed holds from now on */
  reset(records) {
    this.#shown.clear();
    this.list.replaceChildren();
    for (const record of [...records].reverse()) this.put(record, false);
    this.#sayEmpty();
  }

  /**
   * Add a sighting at its place in time, or show what changed about it.
   * @param {SightingRecord} record
   * @param {boolean} arriving whether it happens now
   */
  put(record, arriving = true) {
    const known = this.#shown.get(record.id);
    const element = known?.element ?? this.#row();
    this.#shown.set(record.id, { record, element });
    fill(element, record);
    if (record.look_closer) this.hints.hidden = false; // a camera began to hint since the page was opened
    element.hidden = !this.#wanted(record);
    if (!known) this.#insert(element, record, arriving);
    if (!known && arriving && !element.hidden) this.spoken.say(`${whom(record)}, ${record.camera.name}`);
    if (record.look_closer && (known ? !known.record.look_closer : arriving) && !element.hidden) {
      this.spoken.say(`Look closer: ${whom(record)}, ${record.camera.name}`);
    }
    this.#sayEmpty();
    this.#markMissed();
  }

  /** @param {string} id of a sighting that the viewer may see no more */
  remove(id) {
    this.#shown.get(id)?.element.remove();
    this.#shown.delete(id);
    this.#sayEmpty();
    this.#markMissed();
  }

  #row() {
    const copy = /** @type {DocumentFragment} */ (this.template.content.cloneNode(true));
    return /** @type {HTMLElement} */ (copy.firstElementChild);
  }

  /**
   * @param {HTMLElement} element
   * @param {SightingRecord} record
   * @param {boolean} arriving
   */
  #insert(element, record, arriving) {
    element.dataset.id = record.id;
    element.dataset.at = record.first_seen_at;
    element.classList.toggle("sighting-new", arriving);
    const rows = /** @type {HTMLElement[]} */ ([...this.list.children]);
    const older = rows.find((row) => (row.dataset.at ?? "") <= record.first_seen_at);
    this.list.insertBefore(element, older ?? null);
    while (this.list.children.length > this.max) {
      const oldest = /** @type {HTMLElement} */ (this.list.lastElementChild);
      this.#shown.delete(oldest.dataset.id ?? "");
      oldest.remove();
    }
  }

  #newestAt() {
    const newest = /** @type {HTMLElement | null} */ (this.list.firstElementChild);
    return newest ? Date.parse(newest.dataset.at ?? "") : -Infinity;
  }

  #markMissed() {
    let number = 0;
    for (const { record, element } of this.#shown.values()) {
      const isMissed = this.missed.has(record);
      element.classList.toggle("sighting-missed", isMissed);
      number += Number(isMissed);
    }
    const words = this.missed.words(number);
    if (this.missedNote.textContent !== words) this.missedNote.textContent = words;
    this.missedNote.hidden = !number;
    this.missed.entitle(number);
    for (const place of document.querySelectorAll("[data-missed-number]")) place.textContent = number ? `${number} new` : "";
  }

  /** @param {SightingRecord} record */
  #wanted(record) {
    if (this.#filter === "look_closer") return record.look_closer;
    return this.#filter === "all" || record.verdict === this.#filter;
  }

  #sayEmpty() {
    this.empty.hidden = [...this.#shown.values()].some(({ record }) => this.#wanted(record));
    this.empty.textContent = this.#shown.size ? "None of the latest sightings is of this kind." : this.nothingYet;
  }
}

/**
 * Everything by textContent and checked addresses: names come from people.
 * @param {HTMLElement} element
 * @param {SightingRecord} record
 */
function fill(element, record) {
  /** @param {string} name */
  const part = (name) => /** @type {HTMLElement} */ (element.querySelector(`[data-${name}]`));
  /** @type {HTMLAnchorElement} */ (part("link")).href = record.url;
  const verdict = part("verdict");
  verdict.className = `verdict verdict-${record.verdict}`;
  part("whom").textContent = whom(record);
  part("sureness").textContent = SURENESS[record.verdict] ?? "";
  part("look-closer").hidden = !record.look_closer;
  part("where").textContent = record.camera.name;
  const when = /** @type {HTMLTimeElement} */ (part("when"));
  when.dateTime = record.first_seen_at;
  when.textContent = siteTime(record.first_seen_at);
  when.title = fullTime(record.first_seen_at);
  part("in-view").hidden = record.ended_at !== null;
  part("lasted").hidden = record.ended_at === null;
  part("lasted").textContent = ` · for ${lastedWords(record.first_seen_at, record.last_seen_at)}`;
  part("distance").textContent = record.edited ?? (record.withheld
    ? "nobody whom you may see" : distanceWords(record.distance, record.match_threshold, record.rounded));
  fillCorrections(element, record);
  const face = /** @type {HTMLImageElement} */ (part("face"));
  face.hidden = !record.snapshot_url;
  if (record.snapshot_url && face.getAttribute("src") !== record.snapshot_url) face.src = record.snapshot_url;
}

/** @param {SightingRecord} record */
function whom(record) {
  if (record.no_face) return "no face";
  if (record.verdict === "unknown" || !record.person) return record.stranger ?? "unknown";
  return record.verdict === "review" ? `${record.person.name}?` : record.person.name;
}
