// The list of sightings that grows at its top while one looks.
// @ts-check

import { fullTime, siteTime } from "./clock.js";
import { Corrections, fillCorrections } from "./correcting.js";
import { glide } from "./glide.js";
import { Hand } from "./hand.js";
import { Missed } from "./missed.js";
import { Spoken } from "./spoken.js";
import { SURENESS, distanceWords, lastedWords } from "./words.js";

/** @typedef {import("./messages.js").SightingRecord} SightingRecord */

export class Feed {
  /** @type {Map<string, {record: SightingRecord, element: HTMLElement}>} newest first in the page, by id here */
  #shown = new Map();
  /** @type {Map<string, SightingRecord>} those that came while the list had to stand still, by id, oldest first */
  #waiting = new Map();
  #filter = "all";

  /** @param {HTMLElement} element the section of _feed.html */
  constructor(element) {
    this.element = element;
    this.max = Number(element.dataset.max);
    this.list = /** @type {HTMLElement} */ (element.querySelector("[data-feed-list]"));
    this.empty = /** @type {HTMLElement} */ (element.querySelector("[data-feed-empty]"));
    this.nothingYet = this.empty.textContent ?? "";
    this.hints = /** @type {HTMLElement} */ (element.querySelector("[data-feed-hints]"));
    this.missedNote = /** @type {HTMLElement} */ (element.querySelector("[data-feed-missed]"));
    this.spoken = new Spoken(/** @type {HTMLElement} */ (element.querySelector("[data-feed-spoken]")));
    this.corrections = new Corrections(element);
    this.more = /** @type {HTMLButtonElement} */ (element.querySelector("[data-feed-new]"));
    this.more.addEventListener("click", () => this.#showMore());
    this.hand = new Hand(this.list, () => { if (this.#waiting.size && !this.#isRead()) this.#letIn(); });
    this.missed = new Missed(() => this.#markMissed(), () => this.#newestAt());
    this.template = /** @type {HTMLTemplateElement} */ (document.getElementById("sighting-template"));
    element.querySelector("[data-feed-filter]")?.addEventListener("change", (event) => {
      this.#filter = /** @type {HTMLInputElement} */ (event.target).value;
      for (const { record, element: row } of this.#shown.values()) row.hidden = !this.#wanted(record);
      this.#sayEmpty();
      this.#sayMore();
    });
  }

  /** @param {SightingRecord[]} records newest first; all that the feed holds from now on */
  reset(records) {
    this.#shown.clear();
    this.#waiting.clear();
    this.list.replaceChildren();
    for (const record of [...records].reverse()) this.#add(record, false);
    this.#sayEmpty();
    this.#sayMore();
    this.#markMissed();
  }

  /**
   * Add a sighting at its place in time, or show what changed about it. A new one waits while the list is read.
   * @param {SightingRecord} record
   * @param {boolean} arriving whether it happens now
   */
  put(record, arriving = true) {
    const before = this.#shown.get(record.id)?.record ?? this.#waiting.get(record.id);
    if (!before && this.#isBeyond(record)) return;
    if (this.#waiting.has(record.id) || (!before && this.#isRead())) this.#wait(record);
    else if (before) this.#update(record);
    else glide(this.list.children, () => this.#add(record, arriving));
    this.#sayAloud(record, before, arriving);
    this.#sayEmpty();
    this.#markMissed();
  }

  /** @param {string} id of a sighting that the viewer may see no more */
  remove(id) {
    glide(this.list.children, () => this.#shown.get(id)?.element.remove());
    this.#shown.delete(id);
    this.#waiting.delete(id);
    this.#sayEmpty();
    this.#sayMore();
    this.#markMissed();
  }

  /**
   * Whether a full list has no place for it: whoever stays for hours is told of every two seconds, and is nothing new.
   * @param {SightingRecord} record
   */
  #isBeyond(record) {
    const oldest = /** @type {HTMLElement|null} */ (this.list.lastElementChild);
    return this.list.children.length >= this.max && record.first_seen_at < (oldest?.dataset.at ?? "");
  }

  /** Whether the list must stand still: under a hand, also one on its way to the button, or gone down in. */
  #isRead() {
    return this.hand.isThere || this.more.matches(":hover, :focus")
      || this.list.scrollTop > 0 || this.list.getBoundingClientRect().top < 0;
  }

  /** @param {SightingRecord} record */
  #wait(record) {
    this.#waiting.set(record.id, record);
    const oldest = this.#waiting.keys().next().value;
    if (this.#waiting.size > this.max && oldest) this.#waiting.delete(oldest);
    this.#sayMore();
  }

  /** Those that waited take their places. */
  #letIn() {
    const came = [...this.#waiting.values()];
    this.#waiting.clear();
    glide(this.list.children, () => { for (const record of came) this.#add(record, true); });
    this.#sayMore();
    this.#sayEmpty();
    this.#markMissed();
  }

  #showMore() {
    this.#letIn();
    this.list.scrollTop = 0;
    const newest = this.list.querySelector(".sighting:not([hidden]) [data-link]");
    /** @type {HTMLElement|null} */ (newest)?.focus(); // the button is gone
  }

  /**
   * @param {SightingRecord} record
   * @param {boolean} arriving
   */
  #add(record, arriving) {
    const copy = /** @type {DocumentFragment} */ (this.template.content.cloneNode(true));
    const element = /** @type {HTMLElement} */ (copy.firstElementChild);
    element.dataset.id = record.id;
    element.dataset.at = record.first_seen_at;
    element.classList.toggle("sighting-new", arriving);
    this.#shown.set(record.id, { record, element });
    this.#update(record);
    const rows = /** @type {HTMLElement[]} */ ([...this.list.children]);
    this.list.insertBefore(element, rows.find((row) => (row.dataset.at ?? "") <= record.first_seen_at) ?? null);
    while (this.list.children.length > this.max) {
      const oldest = /** @type {HTMLElement} */ (this.list.lastElementChild);
      this.#shown.delete(oldest.dataset.id ?? "");
      oldest.remove();
    }
  }

  /** @param {SightingRecord} record of a row that is there */
  #update(record) {
    const element = this.#shown.get(record.id)?.element;
    if (!element) return;
    this.#shown.set(record.id, { record, element });
    fill(element, record);
    element.hidden = !this.#wanted(record);
    if (record.look_closer && this.hints.hidden) this.#offerHints();
  }

  /** A camera began to hint since the page was opened. */
  #offerHints() {
    glide(this.element.children, () => { this.hints.hidden = false; });
  }

  /**
   * @param {SightingRecord} record
   * @param {SightingRecord|undefined} before what was said of it before
   * @param {boolean} arriving
   */
  #sayAloud(record, before, arriving) {
    if (!this.#wanted(record)) return;
    const words = `${whom(record)}, ${record.camera.name}`;
    if (!before && arriving) this.spoken.say(words);
    if (record.look_closer && (before ? !before.look_closer : arriving)) this.spoken.say(`Look closer: ${words}`);
  }

  #sayMore() {
    const number = [...this.#waiting.values()].filter((record) => this.#wanted(record)).length;
    this.more.hidden = !number;
    this.more.textContent = `${number} new`;
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
  if (part("whom").textContent !== whom(record)) renew(part("verdict").parentElement);
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
  part("lasted").textContent = `for ${lastedWords(record.first_seen_at, record.last_seen_at)}`;
  part("distance").textContent = record.edited ?? (record.withheld
    ? "nobody whom you may see" : distanceWords(record.distance, record.match_threshold, record.rounded));
  fillCorrections(element, record);
  const face = /** @type {HTMLImageElement} */ (part("face"));
  face.hidden = !record.snapshot_url;
  if (record.snapshot_url && face.getAttribute("src") !== record.snapshot_url) face.src = record.snapshot_url;
}

/**
 * Puts a copy in its place: words that follow a longer name have not moved, they are others.
 * @param {HTMLElement|null} line
 */
function renew(line) {
  line?.replaceWith(line.cloneNode(true));
}

/** @param {SightingRecord} record */
function whom(record) {
  if (record.no_face) return "no face";
  if (record.verdict === "unknown" || !record.person) return record.stranger ?? "unknown";
  return record.verdict === "review" ? `${record.person.name}?` : record.person.name;
}
