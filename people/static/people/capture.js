// Guided capture: the site judges small frames, says what to do, and a photo is taken by itself when a frame is good.
// @ts-check

import { DeviceCamera, NoCamera } from "./device-camera.js";
import { reasonOf } from "./refusals.js";
import { WantedViews } from "./wanted-views.js";

/** @typedef {Pick<import("./device-camera.js").HeldFrame, "judged" | "kept" | "shown">} HeldFrame */
/** @typedef {{hint: string, sentence: string, view: string | null, straight?: string, marks: Record<string, boolean>}} Judgement */

/** At most four frames a second, and never two on their way. */
const EVERY_MS = 250;
/** How long the word of praise stands before the next view is asked for. */
const PRAISE_MS = 900;
const AGAIN_S = 2;

export class Capture {
  #round = 0;
  #lastHint = "";

  /**
   * @param {HTMLDialogElement} dialog
   * @param {string} token
   * @param {(file: File) => void} add hears of each photo
   * @param {{start(facing: string): Promise<void>, stop(): void, hold(): HeldFrame}} camera
   */
  constructor(dialog, token, add, camera = new DeviceCamera(/** @type {HTMLVideoElement} */ (dialog.querySelector("video")))) {
    const part = (/** @type {string} */ selector) => /** @type {HTMLElement} */ (dialog.querySelector(selector));
    this.dialog = dialog;
    this.token = token;
    this.add = add;
    this.camera = camera;
    this.views = new WantedViews(part(".capture-views"));
    this.hint = part("[data-hint]");
    this.picture = part("[data-picture]");
    this.shutter = /** @type {HTMLButtonElement} */ (part("[data-shutter]"));
    this.device = /** @type {HTMLSelectElement} */ (part("[data-device]"));
    part("[data-done]").addEventListener("click", () => dialog.close());
    this.shutter.addEventListener("click", () => this.#takeNow());
    this.device.addEventListener("change", () => this.#begin());
    dialog.addEventListener("close", () => this.#end());
  }

  async open() {
    this.dialog.showModal();
    await this.#begin();
  }

  /** @param {File} file was taken out of the chosen photos */
  forget(file) {
    this.views.forget(file);
  }

  async #begin() {
    this.#end();
    const round = this.#round;
    this.picture.dataset.mirrored = this.device.value === "user" ? "yes" : "no";
    this.#say("Waiting for the camera …");
    try {
      await this.camera.start(this.device.value);
    } catch (error) {
      if (round !== this.#round) return;
      return this.#say(error instanceof NoCamera ? error.message : "The camera gives no picture.");
    }
    if (round !== this.#round) return; // closed, or begun again, meanwhile: the camera knows
    this.shutter.disabled = false;
    await this.#watch(round);
  }

  #end() {
    this.#round += 1;
    this.camera.stop();
    this.shutter.disabled = true;
    this.#mark({});
  }

  /** @param {number} round ends when the dialog is closed or the camera changed */
  async #watch(round) {
    while (round === this.#round && this.views.missing.length) {
      const began = performance.now();
      const frame = this.camera.hold();
      const judgement = await this.#judged(frame);
      if (round !== this.#round) return;
      if (judgement) await this.#heed(judgement, frame);
      await pause(began + EVERY_MS - performance.now());
    }
    if (round === this.#round) this.#say("All photos are taken. You can take more by hand, or choose Done.");
  }

  /**
   * @param {HeldFrame} frame
   * @returns {Promise<Judgement | null>} null if the site gave none, which has been said
   */
  async #judged(frame) {
    const body = new FormData();
    body.append("csrfmiddlewaretoken", this.token);
    body.append("missing", this.views.missing.join(","));
    body.append("straight", this.views.straight);
    try {
      body.append("image", await frame.judged(), "frame.jpg");
      const answer = await fetch(this.dialog.dataset.frameUrl ?? "", { method: "POST", body });
      if (answer.ok) return await answer.json();
      this.#say(await reasonOf(answer));
      await pause(1000 * (Number(answer.headers.get("Retry-After")) || AGAIN_S));
    } catch {
      this.#say("The site does not answer. You can take photos by hand.");
      await pause(1000 * AGAIN_S);
    }
    return null;
  }

  /**
   * @param {Judgement} judgement
   * @param {HeldFrame} frame that was judged
   */
  async #heed({ hint, sentence, view, straight = "", marks }, frame) {
    this.#mark(marks);
    // A hint that comes and goes from frame to frame cannot be read: it must come twice.
    if (hint === this.#lastHint || view) this.#say(sentence);
    this.#lastHint = hint;
    if (!view) return;
    const photo = await frame.kept(nameOf(view));
    this.views.fill(view, photo, straight, frame.shown());
    this.add(photo);
    this.picture.dataset.taken = "";
    await pause(PRAISE_MS);
    delete this.picture.dataset.taken;
  }

  async #takeNow() {
    this.add(await this.camera.hold().kept(nameOf("photo")));
    this.#say("Taken.");
  }

  /** @param {Record<string, boolean>} marks */
  #mark(marks) {
    for (const mark of /** @type {NodeListOf<HTMLElement>} */ (this.dialog.querySelectorAll("[data-mark]"))) {
      mark.dataset.good = marks[mark.dataset.mark ?? ""] ? "yes" : "no";
    }
  }

  /** @param {string} words */
  #say(words) {
    if (this.hint.textContent !== words) this.hint.textContent = words;
  }
}

/** @param {string} view */
function nameOf(view) {
  return `camera-${view}-${new Date().toISOString().slice(0, 23).replace(/[^0-9]/g, "")}.jpg`;
}

/** @param {number} milliseconds */
function pause(milliseconds) {
  return new Promise((resolve) => setTimeout(resolve, Math.max(0, milliseconds)));
}
