// Asks the site what would become of each chosen picture, one after the other; nothing of them is stored.
// @ts-check

import { reasonOf } from "./refusals.js";

/** @typedef {import("./chosen-photos.js").Verdict} Verdict */

const TRIES = 5;
const AGAIN_S = 3;

export class PhotoChecks {
  /** @type {File[]} */
  #waiting = [];
  #isBusy = false;

  /**
   * @param {{url: string, person: string, token: string}} site
   * @param {(file: File, verdict: Verdict) => void} tell
   */
  constructor(site, tell) {
    this.site = site;
    this.tell = tell;
  }

  /** @param {File} file */
  ask(file) {
    this.tell(file, { state: "waiting", sentence: "Being looked at …" });
    this.#waiting.push(file);
    void this.#next();
  }

  /** @param {File} file */
  forget(file) {
    this.#waiting = this.#waiting.filter((waiting) => waiting !== file);
  }

  async #next() {
    if (this.#isBusy) return;
    this.#isBusy = true;
    for (let file = this.#waiting.shift(); file; file = this.#waiting.shift()) this.tell(file, await this.#checked(file));
    this.#isBusy = false;
  }

  /**
   * @param {File} file
   * @returns {Promise<Verdict>}
   */
  async #checked(file) {
    const body = new FormData();
    body.append("csrfmiddlewaretoken", this.site.token);
    body.append("person", this.site.person);
    body.append("image", file);
    try {
      for (let left = TRIES; left; left -= 1) {
        const answer = await fetch(this.site.url, { method: "POST", body });
        if (answer.ok) return await answer.json();
        const reason = await reasonOf(answer);
        if (![429, 503].includes(answer.status)) return { state: answer.status < 500 ? "bad" : "unknown", sentence: reason };
        this.tell(file, { state: "waiting", sentence: reason });
        const pause = Number(answer.headers.get("Retry-After")) || AGAIN_S;
        await new Promise((resolve) => setTimeout(resolve, 1000 * pause));
      }
    } catch {
      // the site cannot be reached: the picture is read when it is saved
    }
    return { state: "unknown", sentence: "Not looked at: the site did not answer. It will be when it is saved." };
  }
}
