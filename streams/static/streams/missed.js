// What was seen while nobody looked at the page: marked, counted, and said in the tab's title.
// @ts-check

import { Absence } from "./absence.js";
import { siteTime, serverNow } from "./clock.js";

/** @typedef {import("./messages.js").SightingRecord} SightingRecord */

export class Missed {
  /** @type {number} from when, by the server's clock; Infinity: nobody has looked away yet */
  #since = Infinity;
  /** @type {number} until when; Infinity while nobody looks */
  #until = -Infinity;

  /**
   * @param {() => void} changed called when other sightings than before count as missed
   * @param {() => number} newest when the newest sighting of the page began; -Infinity without any
   */
  constructor(changed, newest) {
    // The page's idea of the server's time lags by what a message takes: what it shows already has happened.
    const now = () => Math.max(serverNow(), newest());
    new Absence(() => this.#count(changed, now(), Infinity), () => this.#count(changed, this.#since, now()));
  }

  /** @param {SightingRecord} record */
  has(record) {
    const at = Date.parse(record.first_seen_at);
    return at > this.#since && at <= this.#until;
  }

  /**
   * @param {number} number of those that the page shows
   * @returns {string} a sentence, empty without any
   */
  words(number) {
    if (!number) return "";
    return `${number} new since ${siteTime(this.#since)}, when you looked away`;
  }

  /** @param {number} number said in the tab's title, as long as nobody has come back */
  entitle(number) {
    const title = document.title.replace(/^\(\d+\) /, "");
    document.title = number && this.#until === Infinity ? `(${number}) ${title}` : title;
  }

  /**
   * @param {() => void} changed
   * @param {number} since
   * @param {number} until
   */
  #count(changed, since, until) {
    this.#since = since;
    this.#until = until;
    changed();
  }
}
