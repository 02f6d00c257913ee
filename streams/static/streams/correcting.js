// The buttons of a live page that say who a sighting is: sent without leaving the page, and undone the same way.
// @ts-check

/** @typedef {import("./messages.js").SightingRecord} SightingRecord */

// 20 s: long enough to notice a slip of the finger. Later it is undone on the sighting's own page.
const SHOWN_MS = 20_000;

/**
 * Show the buttons that fit what a sighting says, and fill in what they send.
 * @param {HTMLElement} row the list item of the sighting, made from _feed.html
 * @param {SightingRecord} record
 */
export function fillCorrections(row, record) {
  const buttons = /** @type {HTMLElement|null} */ (row.querySelector("[data-correct]"));
  if (!buttons) return; // the viewer may not correct
  const address = `${record.url}correct/`;
  for (const form of buttons.querySelectorAll("form")) fillForm(form, record, address);
  const who = /** @type {HTMLAnchorElement} */ (buttons.querySelector("[data-who]"));
  who.href = `${address}?next=${encodeURIComponent(location.pathname)}`;
}

/**
 * @param {HTMLFormElement} form of one button
 * @param {SightingRecord} record
 * @param {string} address
 */
function fillForm(form, record, address) {
  const { person, edit } = record;
  const says = form.dataset.says ?? "";
  const isConfirmed = edit !== null && record.verdict === "match";
  form.hidden = !person || (says === "is" && isConfirmed);
  form.setAttribute("action", address);
  /** @param {string} name @param {string} value */
  const set = (name, value) => { /** @type {HTMLInputElement} */ (form.elements.namedItem(name)).value = value; };
  set(says, person?.id ?? "");
  set("edit", edit === null ? "none" : String(edit));
  set("next", location.pathname);
  const button = /** @type {HTMLButtonElement} */ (form.querySelector("button"));
  const words = says === "is" ? "Right" : `Not ${person?.name ?? ""}`;
  if (button.textContent !== words) button.textContent = words;
  button.title = says === "is" ? `Yes, it is ${person?.name ?? ""}` : `It is not ${person?.name ?? ""}`;
}

/** Sends the forms of a feed in the background, and says what came of it, with a button that undoes it. */
export class Corrections {
  /** @type {ReturnType<typeof setTimeout>|undefined} */
  #timer;

  /** @param {HTMLElement} feed the section of _feed.html */
  constructor(feed) {
    const outcome = /** @type {HTMLElement|null} */ (feed.querySelector("[data-outcome]"));
    if (!outcome) return; // the viewer may not correct
    this.outcome = outcome;
    this.words = /** @type {HTMLElement} */ (outcome.querySelector("[data-outcome-words]"));
    this.undo = /** @type {HTMLFormElement} */ (outcome.querySelector("form"));
    feed.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#send(/** @type {HTMLFormElement} */ (event.target));
    });
  }

  /** @param {HTMLFormElement} form */
  async #send(form) {
    const button = /** @type {HTMLButtonElement} */ (form.querySelector("button"));
    button.disabled = true; // a second tap says nothing new
    try {
      const address = form.getAttribute("action") ?? "";
      const answer = await fetch(address, { method: "POST", body: new FormData(form), headers: { Accept: "application/json" } });
      const said = await answer.json();
      this.#say(said.said ?? said.error ?? "This did not work. Reload the page.", said.undo ?? null, answer.ok);
    } catch {
      this.#say("The site did not answer. Nothing was changed, or it will show in a moment.", null, false);
    } finally {
      button.disabled = false;
    }
  }

  /**
   * @param {string} words
   * @param {string|null} undo the address that undoes it
   * @param {boolean} isGood
   */
  #say(words, undo, isGood) {
    if (!this.outcome || !this.words || !this.undo) return;
    this.words.textContent = words;
    this.outcome.classList.toggle("outcome-bad", !isGood);
    this.undo.hidden = !undo;
    this.undo.setAttribute("action", undo ?? "");
    this.outcome.hidden = false;
    clearTimeout(this.#timer);
    const outcome = this.outcome;
    this.#timer = setTimeout(() => { outcome.hidden = true; }, SHOWN_MS);
  }
}
