// What is drawn at the moment: the regions, the one being drawn, the one being edited, and the steps to undo.
// @ts-check

import { cornerAt, crossesItself, laid } from "./region-shapes.js";

/** @typedef {import("./region-shapes.js").Corner} Corner */
/** @typedef {import("./region-shapes.js").Kind} Kind */
/** @typedef {import("./region-shapes.js").Lie} Lie */
/** @typedef {import("./region-shapes.js").Region} Region */
/** @typedef {{regions: Region[], draft: Region|null, edited: number|null}} State */

export const FEWEST = 3;
export const MOST = 60;

export class Drawing {
  /** @type {State} */
  #state;
  /** @type {State[]} */
  #before = [];

  /** @param {Region[]} regions */
  constructor(regions) {
    this.#state = { regions, draft: null, edited: null };
  }

  get regions() {
    return this.#state.regions;
  }

  get draft() {
    return this.#state.draft;
  }

  get edited() {
    return this.#state.edited;
  }

  get canUndo() {
    return this.#before.length > 0;
  }

  get canFinish() {
    return (this.draft?.corners.length ?? 0) >= FEWEST;
  }

  undo() {
    this.#state = this.#before.pop() ?? this.#state;
  }

  /** @param {Kind} kind */
  begin(kind) {
    this.#change({ draft: { kind, name: "", corners: [] }, edited: null });
  }

  /**
   * @param {number} x
   * @param {number} y
   * @returns {boolean} whether the corner was taken
   */
  add(x, y) {
    const draft = this.draft;
    if (!draft || draft.corners.length >= MOST) return false;
    this.#change({ draft: { ...draft, corners: [...draft.corners, cornerAt(x, y)] } });
    return true;
  }

  /** @returns {string} why the region cannot be finished; "" if it is */
  finish() {
    const draft = this.draft;
    if (!draft || !this.canFinish) return "A region has at least three corners.";
    if (crossesItself(draft.corners)) return "The outline crosses itself. Undo the last corners, or draw two regions.";
    this.#change({ regions: [...this.regions, draft], draft: null });
    return "";
  }

  cancel() {
    if (this.draft) this.#change({ draft: null });
  }

  /** @param {number|null} number of the region whose corners can be moved */
  edit(number) {
    this.#state = { ...this.#state, edited: number, draft: null };
  }

  /**
   * @param {number} number
   * @param {string} name
   */
  rename(number, name) {
    this.#state = { ...this.#state, regions: this.#with(number, { name }) };
  }

  /** @param {number} number */
  remove(number) {
    this.#change({ regions: this.regions.filter((_, place) => place !== number), edited: null });
  }

  /** Remember how it is, so that moves after this are undone together. */
  keep() {
    this.#before.push(this.#state);
  }

  /**
   * @param {number} corner of the edited region
   * @param {number} x
   * @param {number} y
   */
  move(corner, x, y) {
    const [number, region] = this.#editedRegion();
    if (!region) return;
    const corners = region.corners.map((each, place) => (place === corner ? cornerAt(x, y) : each));
    this.#state = { ...this.#state, regions: this.#with(number, { corners }) };
  }

  /**
   * @param {number} corner of the edited region
   * @returns {boolean} whether it could be taken out
   */
  drop(corner) {
    const [number, region] = this.#editedRegion();
    if (!region || region.corners.length <= FEWEST) return false;
    this.#change({ regions: this.#with(number, { corners: region.corners.filter((_, place) => place !== corner) }) });
    return true;
  }

  /**
   * Turn everything with the picture; what was drawn before it was turned cannot be undone any more.
   * @param {Lie} before
   * @param {Lie} after
   */
  lay(before, after) {
    const turn = (/** @type {Region} */ region) => ({ ...region, corners: laid(region.corners, before, after) });
    const { regions, draft, edited } = this.#state;
    this.#state = { regions: regions.map(turn), draft: draft && turn(draft), edited };
    this.#before = [];
  }

  /** @returns {[number, Region|undefined]} */
  #editedRegion() {
    const number = this.edited ?? -1;
    return [number, this.regions[number]];
  }

  /**
   * @param {number} number
   * @param {Partial<Region>} change
   */
  #with(number, change) {
    return this.regions.map((region, place) => (place === number ? { ...region, ...change } : region));
  }

  /** @param {Partial<State>} change */
  #change(change) {
    this.keep();
    this.#state = { ...this.#state, ...change };
  }
}
