// Banners of alerts on the live pages: one for each that is new, and a sound for whoever has switched it on. And how many
// alerts wait for somebody, which a page that was opened after them would not tell otherwise.
// @ts-check

import { glide } from "./glide.js";

/** @typedef {import("./messages.js").AlertRecord} AlertRecord */

const KEPT = "facesite-alert-sound";
// 4: more would hide the cameras; the page of alerts has them all.
const MOST = 4;
const SEVERITIES = { info: "Information", warning: "Warning", alarm: "Alarm" };

export class AlertBanners {
  #root;
  #number;
  #sound;
  /** @type {AudioContext|null} */
  #audio = null;
  /** @type {string|undefined} when the newest alert was raised that this page has heard of; undefined before a greeting */
  #newest;
  /** @type {Set<string>} ids of alerts that nobody works off, and whether there may be more of them */
  #waiting = new Set();
  #more = false;

  /** @param {HTMLElement} root the element with data-alert-banners */
  constructor(root) {
    this.#root = root;
    this.#number = /** @type {HTMLElement} */ (document.querySelector("[data-alerts-waiting]"));
    this.#sound = /** @type {HTMLButtonElement} */ (document.querySelector("[data-alert-sound]"));
    this.#sound.disabled = false;
    this.#sound.addEventListener("click", () => this.#switch());
    this.#show();
  }

  /**
   * A page that comes back shows what was raised meanwhile, and no more what somebody works off. One that has just been
   * opened shows what is raised from then on, and how many wait.
   * @param {AlertRecord[]} alerts the newest that nobody works off, newest first, at most MOST
   */
  reset(alerts) {
    const open = new Set(alerts.map((alert) => alert.id));
    const before = this.#newest;
    for (const old of alerts.length < MOST ? [...this.#root.children] : []) {
      if (!open.has(/** @type {HTMLElement} */ (old).dataset.id ?? "")) old.remove();
    }
    this.#newest ??= "";
    for (const alert of [...alerts].reverse()) {
      if (before !== undefined && alert.raised_at > before) this.put(alert);
      this.#note(alert);
    }
    this.#waiting = open;
    this.#more = alerts.length >= MOST;
    this.#count();
  }

  #count() {
    const number = this.#waiting.size;
    this.#number.hidden = !number && !this.#more;
    this.#number.textContent = this.#more ? `${Math.max(number, 1)} or more alerts wait` : number === 1 ? "1 alert waits" : `${number} alerts wait`;
  }

  /** @param {AlertRecord} alert */
  #note(alert) {
    if (this.#newest !== undefined && alert.raised_at > this.#newest) this.#newest = alert.raised_at;
  }

  /** @param {AlertRecord} alert as it stands now: a banner of one that somebody works off goes away */
  put(alert) {
    const before = this.#root.querySelector(`[data-id="${CSS.escape(alert.id)}"]`);
    const isNew = alert.state === "new";
    this.#note(alert);
    this.#waiting[isNew ? "add" : "delete"](alert.id);
    this.#count();
    if (isNew === Boolean(before)) return;
    glide(this.#root.children, () => {
      if (isNew) this.#root.append(banner(alert));
      else before?.remove();
      while (this.#root.children.length > MOST) this.#root.firstElementChild?.remove();
    });
    if (isNew && this.#isOn()) this.#ring(alert.severity === "alarm" ? 3 : 1);
  }

  #isOn() {
    return localStorage.getItem(KEPT) === "on";
  }

  #switch() {
    localStorage.setItem(KEPT, this.#isOn() ? "off" : "on");
    this.#show();
    if (this.#isOn()) this.#ring(1); // browsers play nothing before somebody has clicked
  }

  #show() {
    this.#sound.textContent = this.#isOn() ? "Sound on" : "Sound off";
    this.#sound.setAttribute("aria-pressed", String(this.#isOn()));
  }

  /** @param {number} times */
  #ring(times) {
    const audio = this.#audio ??= new AudioContext();
    if (audio.state === "suspended") void audio.resume();
    for (let number = 0; number < times; number += 1) {
      const tone = audio.createOscillator();
      const volume = audio.createGain();
      const at = audio.currentTime + number * 0.35;
      tone.frequency.value = 880;
      volume.gain.setValueAtTime(0.2, at);
      volume.gain.exponentialRampToValueAtTime(0.001, at + 0.3);
      tone.connect(volume).connect(audio.destination);
      tone.start(at);
      tone.stop(at + 0.3);
    }
  }
}

/** @param {AlertRecord} alert */
function banner(alert) {
  const element = document.createElement("article");
  element.className = `alert-banner alert-${alert.severity}`;
  element.dataset.id = alert.id;
  const words = document.createElement("p");
  const link = document.createElement("a");
  link.href = alert.url;
  link.textContent = alert.said;
  words.append(`${SEVERITIES[alert.severity]}: `, link);
  const away = document.createElement("button");
  away.type = "button";
  away.className = "button-quiet";
  away.textContent = "Hide";
  away.setAttribute("aria-label", `Hide “${alert.said}”; it stays open`);
  away.addEventListener("click", () => element.remove());
  element.append(words, away);
  return element;
}
