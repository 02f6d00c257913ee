// Sends a form that has files in it. If it comes back with an error, the files stay: a browser would have lost them.
// @ts-check

import { reasonOf } from "./refusals.js";

export class KeptForm {
  /**
   * @param {HTMLElement} kept is the part of the form that stays as it is
   * @param {(words: string) => void} say
   */
  constructor(kept, say) {
    this.kept = kept;
    this.say = say;
  }

  get form() {
    return /** @type {HTMLFormElement} */ (this.kept.closest("form"));
  }

  /**
   * @param {HTMLElement | null} button that was pressed: its name says where to go afterwards
   * @returns {Promise<boolean>} whether it was saved; the page then leaves
   */
  async send(button) {
    const body = new FormData(this.form, button);
    this.say("Saving …");
    this.#disable(true);
    try {
      const answer = await fetch(this.form.action, { method: "POST", body, headers: { "X-Kept-Form": "yes" } });
      if (answer.ok && answer.headers.get("Content-Type")?.startsWith("application/json")) {
        this.#leave((await answer.json()).location);
        return true;
      }
      await this.#show(answer);
    } catch {
      this.say("Nothing was saved: the site cannot be reached. Try again.");
    }
    this.#disable(false);
    return false;
  }

  /** @param {Response} answer is the form with its errors, or a refusal */
  async #show(answer) {
    const page = new DOMParser().parseFromString(await answer.clone().text(), "text/html");
    const fresh = page.querySelector("#content");
    const place = fresh?.querySelector("[data-adding]");
    if (!fresh || !place) return this.say(`Nothing was saved. ${await reasonOf(answer)}`);
    place.replaceWith(this.kept);
    document.querySelector("#content")?.replaceWith(fresh);
    this.say("Nothing was saved yet; your pictures are still here. Correct the error, then save again.");
    const error = /** @type {HTMLElement | null} */ (fresh.querySelector(".errornote"));
    error?.setAttribute("tabindex", "-1");
    error?.focus();
  }

  /** @param {string} location */
  #leave(location) {
    const to = new URL(location, document.location.href);
    const isHere = to.pathname + to.search === document.location.pathname + document.location.search;
    if (!isHere) return document.location.assign(to);
    this.form.setAttribute("autocomplete", "off"); // Firefox would put the old values back
    history.replaceState(null, "", to); // a new hash alone loads nothing
    document.location.reload();
  }

  /** @param {boolean} isBusy */
  #disable(isBusy) {
    for (const button of this.form.querySelectorAll("[type=submit]")) button.toggleAttribute("disabled", isBusy);
  }
}
