// One camera on a page: its picture, its state, and the promise that an old picture never looks live.
// @ts-check

import { siteTime, serverNow } from "./clock.js";
import { drawFrame, labelOf } from "./overlay.js";

/** @typedef {import("./messages.js").CameraState} CameraState */
/** @typedef {import("./messages.js").FrameHeader} FrameHeader */

// A newest picture that was asked for comes at once, unless something is slow.
const FETCHING_MS = 3_000;
// A running camera says a word every two seconds.
const SILENT_AFTER_MS = 5_000;
/** @type {Record<string, string>} */
const STATE_WORDS = {
  off: "Off", asleep: "Asleep", waiting: "Waiting", connecting: "Connecting", live: "Live", late: "Picture late",
  stalled: "Stalled", down: "Down",
};

export class CameraView {
  /** @type {FrameHeader|null} */
  #header = null;
  /** @type {ImageBitmap|null} */
  #picture = null;
  /** @type {CameraState|null} */
  #state = null;
  #online = false;
  #describedAs = "";
  #shownAt = -Infinity;
  /** @type {number|null} when its pictures were asked for; null while it is off the screen */
  #watchedAt = null;

  /** @param {HTMLElement} element the article of _camera.html */
  constructor(element) {
    this.element = element;
    this.slug = element.dataset.camera ?? "";
    /** @param {string} name */
    const part = (name) => /** @type {HTMLElement} */ (element.querySelector(`[data-${name}]`));
    this.parts = { veil: part("veil"), chip: part("chip"), numbers: part("numbers"),
      reason: part("reason"), note: part("note"), name: part("name") };
    this.canvas = /** @type {HTMLCanvasElement} */ (element.querySelector("canvas"));
    new ResizeObserver(() => this.#redraw()).observe(this.canvas);
    this.refresh();
  }

  /** What may be said of it now: a state of streams/models.py, or "late" for a live one whose pictures do not come. */
  get state() {
    return this.element.dataset.state ?? "connecting";
  }

  get name() {
    return this.parts.name.textContent ?? "";
  }

  /** Its place among the others; Infinity for a camera that came later, and where only one is shown. */
  get rank() {
    return Number(this.element.dataset.rank || Infinity);
  }

  /** @param {CameraState} state */
  setState(state) {
    this.#state = state;
    this.parts.name.textContent = this.parts.name.title = state.camera.name; // long names are cut off
    this.refresh();
  }

  /** @param {boolean} online whether the socket is open */
  setOnline(online) {
    this.#online = online;
    if (!online) this.#state = null; // what it said last is no news any more
    this.refresh();
  }

  /** @param {boolean} watched whether its pictures are asked for */
  setWatched(watched) {
    if (watched === (this.#watchedAt !== null)) return;
    this.#watchedAt = watched ? performance.now() : null;
    this.refresh();
  }

  /**
   * Show a frame. Resolves when it is drawn, or cannot be.
   * @param {FrameHeader} header
   * @param {Blob} jpeg
   */
  async show(header, jpeg) {
    const picture = await createImageBitmap(jpeg);
    this.#picture?.close();
    this.#picture = picture;
    this.#shownAt = performance.now();
    this.#header = header;
    this.#redraw();
    this.#describe();
    this.refresh();
  }

  #redraw() {
    if (this.#picture && this.#header) drawFrame(this.canvas, this.#picture, this.#header);
  }

  /** Say what is true now; called often, so that silence shows as well. */
  refresh() {
    const capturedAt = this.#header ? Date.parse(this.#header.captured_at) : null;
    const age = capturedAt === null ? Infinity : serverNow() - capturedAt;
    // Old when the next one is overdue by the camera's own pace, as the server says with each picture.
    const fresh = this.#online && this.#header !== null && age <= this.#header.old_after_ms;
    const said = this.#shownState();
    const state = said === "live" && !fresh && !this.#isFetching() ? "late" : said;
    this.element.dataset.state = state;
    this.element.dataset.fresh = fresh ? "yes" : "no";
    const reason = state === "live" ? "" : this.#reason(state);
    say(this.parts.veil, this.#veilText(state, capturedAt, reason));
    this.parts.veil.hidden = fresh || !this.parts.veil.textContent;
    say(this.parts.chip, this.#online ? STATE_WORDS[state] ?? state : "Reconnecting…");
    say(this.parts.numbers, fresh ? this.#numbers(age) : "");
    say(this.parts.reason, reason);
    this.parts.reason.hidden = !reason;
    const note = state === "live" ? this.#state?.reason ?? "" : ""; // it runs, and lacks something
    say(this.parts.note, note);
    this.parts.note.hidden = !note;
  }

  /** @returns {string} the state that may be claimed: "live" needs a recent word */
  #shownState() {
    if (!this.#online || !this.#state) return "connecting";
    return this.#state.state === "live" && this.#silent() ? "stalled" : this.#state.state;
  }

  #silent() {
    return this.#state !== null && serverNow() - Date.parse(this.#state.at) > SILENT_AFTER_MS;
  }

  /** Whether its pictures were asked for so lately that none need have come; also while they are not asked for. */
  #isFetching() {
    if (this.#watchedAt === null) return true;
    return this.#shownAt < this.#watchedAt && performance.now() - this.#watchedAt < FETCHING_MS;
  }

  /** @param {string} state */
  #reason(state) {
    if (!this.#online || !this.#state) return "";
    if (state === "late") return "The camera runs, but its pictures do not reach this page in time.";
    if (navigator.onLine === false) return "This page is offline: it hears nothing of the camera.";
    if (this.#state.state === "live" && this.#silent()) return "Its worker has sent nothing for some seconds.";
    return this.#state.reason;
  }

  /**
   * @param {string} state
   * @param {number|null} capturedAt
   * @param {string} reason why there is no picture; where it stands, "no picture yet" says nothing more
   */
  #veilText(state, capturedAt, reason) {
    if (this.#online && state === "live" && this.#isFetching()) return "Fetching the picture…";
    if (capturedAt !== null) return `No picture since ${siteTime(capturedAt)}`;
    if (!this.#online) return "Connecting…";
    if (state === "late") return "Waiting for the first picture…";
    const last = this.#state?.last_frame_at;
    if (last) return `No picture since ${siteTime(last)}`;
    return reason ? "" : "No picture yet";
  }

  /** @param {number} age milliseconds since the capture */
  #numbers(age) {
    const fps = this.#state?.fps_analysed;
    const parts = fps == null ? [] : [`${fps.toFixed(1)} fps`];
    parts.push(`${(Math.max(0, age) / 1000).toFixed(1)} s old`, `delay ${this.#header?.delay_ms} ms`);
    return parts.join(" · ");
  }

  /** Put the faces into words for those who hear the page; only when they change. */
  #describe() {
    const faces = this.#header?.faces.map((face) => labelOf(face) || "somebody not shown to you").sort().join(", ") || "nobody";
    if (faces === this.#describedAs) return;
    this.#describedAs = faces;
    this.canvas.setAttribute("aria-label", `Live picture of ${this.name}: ${faces}`);
  }
}

/**
 * @param {HTMLElement} element
 * @param {string} text
 */
function say(element, text) {
  if (element.textContent !== text) element.textContent = text;
}
