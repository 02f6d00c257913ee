// One camera on a page: its picture, its state, and the promise that an old picture never looks live.

import { localTime, serverNow } from "./clock.js";
import { drawFrame, labelOf } from "./overlay.js";

/** @typedef {import("./messages.js").CameraState} CameraState */
/** @typedef {import("./messages.js").FrameHeader} FrameHeader */

// A running camera says a word every second.
const SILENT_AFTER_MS = 5_000;
const STATE_WORDS = {
  off: "Off", waiting: "Waiting for a worker", connecting: "Connecting", live: "Live", stalled: "Stalled", down: "Down",
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

  /** @param {HTMLElement} element the article of _camera.html */
  constructor(element) {
    this.element = element;
    this.slug = element.dataset.camera ?? "";
    const part = (name) => /** @type {HTMLElement} */ (element.querySelector(`[data-${name}]`));
    this.parts = { veil: part("veil"), veilText: part("veil-text"), chip: part("chip"), numbers: part("numbers"),
      reason: part("reason"), name: part("name") };
    this.canvas = /** @type {HTMLCanvasElement} */ (element.querySelector("canvas"));
    new ResizeObserver(() => this.#redraw()).observe(this.canvas);
    this.refresh();
  }

  /** @param {CameraState} state */
  setState(state) {
    this.#state = state;
    this.parts.name.textContent = state.camera.name;
    this.refresh();
  }

  /** @param {boolean} online whether the socket is open */
  setOnline(online) {
    this.#online = online;
    if (!online) this.#state = null; // what it said last is no news any more
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
    const state = this.#shownState();
    const capturedAt = this.#header ? Date.parse(this.#header.captured_at) : null;
    const age = capturedAt === null ? Infinity : serverNow() - capturedAt;
    // Old when the next one is overdue by the camera's own pace, as the server says with each picture.
    const fresh = this.#online && this.#header !== null && age <= this.#header.old_after_ms;
    this.element.dataset.state = state;
    this.element.dataset.fresh = fresh ? "yes" : "no";
    this.parts.veil.hidden = fresh;
    say(this.parts.veilText, this.#veilText(state, capturedAt));
    say(this.parts.chip, this.#online ? STATE_WORDS[state] ?? state : "Reconnecting…");
    say(this.parts.numbers, fresh ? this.#numbers(age) : "");
    const reason = state === "live" ? "" : this.#reason();
    say(this.parts.reason, reason);
    this.parts.reason.hidden = !reason;
  }

  /** @returns {string} the state that may be claimed: "live" needs a recent word */
  #shownState() {
    if (!this.#online || !this.#state) return "connecting";
    return this.#state.state === "live" && this.#silent() ? "stalled" : this.#state.state;
  }

  #silent() {
    return this.#state !== null && serverNow() - Date.parse(this.#state.at) > SILENT_AFTER_MS;
  }

  #reason() {
    if (!this.#online || !this.#state) return "";
    if (this.#state.state === "live" && this.#silent()) return "Its worker has not been heard for some seconds.";
    return this.#state.reason;
  }

  /**
   * @param {string} state
   * @param {number|null} capturedAt
   */
  #veilText(state, capturedAt) {
    if (capturedAt !== null) return `No picture since ${localTime(capturedAt)}`;
    if (!this.#online) return "Connecting…";
    if (state === "live") return "Waiting for the first picture…";
    const last = this.#state?.last_frame_at;
    return last ? `No picture since ${localTime(last)}` : "No picture yet";
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
    this.canvas.setAttribute("aria-label", `Live picture of ${this.parts.name.textContent}: ${faces}`);
  }
}

/**
 * @param {HTMLElement} element
 * @param {string} text
 */
function say(element, text) {
  if (element.textContent !== text) element.textContent = text;
}
