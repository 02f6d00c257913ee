// Tells those who hear the page what happens, a few words at a time: ten cameras must not talk without end.
// @ts-check

const PAUSE_MS = 5_000;
/** More than these at once are only counted. */
const MOST = 3;

export class Spoken {
  /** @type {string[]} */
  #waiting = [];
  /** @type {ReturnType<typeof setTimeout>|undefined} of the next words, while some wait */
  #timer;

  /** @param {HTMLElement} element with role="status" */
  constructor(element) {
    this.element = element;
  }

  /** @param {string} words */
  say(words) {
    this.#waiting.push(words);
    this.#timer ||= setTimeout(() => this.#speak(), PAUSE_MS);
  }

  #speak() {
    this.#timer = undefined;
    const more = this.#waiting.length - MOST;
    const words = this.#waiting.slice(0, MOST).join("; ");
    this.element.textContent = more > 0 ? `${words}; and ${more} more` : words;
    this.#waiting = [];
  }
}
