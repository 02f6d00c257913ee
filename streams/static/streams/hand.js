// Whether somebody's hand is on a part of the page: a pointer, a finger, or the focus of the keyboard.
// @ts-check

import { Absence } from "./absence.js";

const LOOK_EVERY_MS = 250;

export class Hand {
  #part;
  #isTouched = false;
  #isAway = false;

  /**
   * @param {HTMLElement} part what must stand still under the hand
   * @param {() => void} free called again and again while no hand is there
   */
  constructor(part, free) {
    this.#part = part;
    part.addEventListener("pointerdown", () => { this.#isTouched = true; }, { passive: true });
    for (const end of ["pointerup", "pointercancel"]) window.addEventListener(end, () => { this.#isTouched = false; });
    // A mouse that was left lying there is no hand: the page would stand still for hours.
    new Absence(() => { this.#isAway = true; }, () => { this.#isAway = false; });
    setInterval(() => { if (!this.isThere) free(); }, LOOK_EVERY_MS);
  }

  get isThere() {
    return !this.#isAway && (this.#isTouched || this.#part.matches(":hover") || this.#part.contains(focused()));
  }
}

/** @returns {Element|null} what has the focus of the keyboard: what was clicked last has it, too, and is no hand */
function focused() {
  return document.activeElement?.matches(":focus-visible") ? document.activeElement : null;
}
