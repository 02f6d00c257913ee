// When somebody looked away from the page: the tab was hidden, or neither hand nor key stirred for a while.
// @ts-check

// A minute: long enough to read a page, short enough that a round through the building counts.
const STILL_MS = 60_000;
const SIGNS_OF_LIFE = ["pointermove", "pointerdown", "keydown", "wheel", "touchstart", "focus"];

export class Absence {
  #stirredAt = performance.now();
  #isAway = false;

  /**
   * @param {() => void} left called once when somebody looks away
   * @param {() => void} returned called once when somebody looks again
   */
  constructor(left, returned) {
    this.left = left;
    this.returned = returned;
    for (const sign of SIGNS_OF_LIFE) window.addEventListener(sign, () => this.#stirred(), { passive: true });
    document.addEventListener("visibilitychange", () => (document.hidden ? this.#leave() : this.#stirred()));
    setInterval(() => { if (performance.now() - this.#stirredAt > STILL_MS) this.#leave(); }, 1_000);
    if (document.hidden) setTimeout(() => this.#leave()); // a tab opened in the background
  }

  #stirred() {
    this.#stirredAt = performance.now();
    if (!this.#isAway || document.hidden) return;
    this.#isAway = false;
    this.returned();
  }

  #leave() {
    if (this.#isAway) return;
    this.#isAway = true;
    this.left();
  }
}
