// A live page without a browser: the site's own templates in happy-dom, a clock that stands still, and eyes to move.
// @ts-check

import { readFileSync } from "node:fs";
import { Window } from "happy-dom";

/** @typedef {import("node:test").TestContext} TestContext */
/** @typedef {import("../../streams/static/streams/messages.js").CameraState} CameraState */
/** @typedef {import("../../streams/static/streams/messages.js").SightingRecord} SightingRecord */

export const NOON = "2026-05-04T12:00:00.000Z";
const TEMPLATES = new URL("../../templates/streams/", import.meta.url);

// As for somebody with every right.
const UNDERSTOOD = /{#.*?#}|{% csrf_token %}|{% if perms\.[\w.]+ %}|{% endif %}/g;

/**
 * A template of the site with its `{{ … }}` filled in; comments and questions about rights go. No other tag is understood.
 * @param {string} name
 * @param {Record<string, string>} values
 */
export function template(name, values = {}) {
  const text = readFileSync(new URL(name, TEMPLATES), "utf8").replace(UNDERSTOOD, "");
  if (text.includes("{%")) throw new Error(`expected ${name} to have no tags: this is not Django`);
  return text.replace(/{{ (\w+).*?}}/g, (_, key) => values[key] ?? "");
}

/**
 * Opens a page: `document`, `window` and what else scripts of a page find are its own until the next one opens.
 * @param {TestContext} test whose clock stands at NOON until `pass`
 * @param {string} html
 */
export function openPage(test, html) {
  test.mock.timers.enable({ apis: ["setTimeout", "setInterval", "Date"], now: Date.parse(NOON) });
  test.mock.method(performance, "now", () => Date.now() - Date.parse(NOON));
  const window = new Window({ url: "https://site.example/live/" });
  window.document.body.innerHTML = html;
  const { document, location } = window;
  Object.assign(globalThis, { window, document, location, IntersectionObserver: Eyes, ResizeObserver: Unmoved });
  Eyes.opened = [];
}

/**
 * Lets time pass in steps of 250 ms: within one tick all timers would be told the same time, that of its end.
 * @param {TestContext} test
 * @param {number} milliseconds
 */
export function pass(test, milliseconds) {
  for (let left = milliseconds; left > 0; left -= 250) test.mock.timers.tick(Math.min(250, left));
}

/** @param {boolean} hidden whether the tab is */
export function hideTab(hidden) {
  Object.defineProperty(document, "hidden", { value: hidden, configurable: true });
  document.dispatchEvent(new window.Event("visibilitychange"));
}

/**
 * Says as the browser would which elements are on the screen now.
 * @param {Element[]} elements
 */
export function look(...elements) {
  for (const eyes of Eyes.opened) eyes.see(elements);
}

/** What an IntersectionObserver does, without a screen. */
class Eyes {
  /** @type {Eyes[]} */
  static opened = [];
  /** @type {Set<Element>} */
  #observed = new Set();

  /** @param {(entries: {target: Element, isIntersecting: boolean}[]) => void} seen */
  constructor(seen) {
    this.seen = seen;
    Eyes.opened.push(this);
  }

  /** @param {Element} element */
  observe(element) {
    this.#observed.add(element);
  }

  /** @param {Element} element */
  unobserve(element) {
    this.#observed.delete(element);
  }

  /** @param {Element[]} elements */
  see(elements) {
    this.seen([...this.#observed].map((target) => ({ target, isIntersecting: elements.includes(target) })));
  }
}

/** A ResizeObserver of a page whose size never changes. */
class Unmoved {
  observe() {}
}

/**
 * The one element that `selector` finds.
 * @param {string} selector
 * @param {ParentNode} within
 */
export function part(selector, within = document) {
  const found = within.querySelectorAll(selector);
  if (found.length !== 1) throw new Error(`expected one ${selector}, got ${found.length}`);
  return /** @type {HTMLElement} */ (found[0]);
}

/**
 * An ISO time, seconds after NOON.
 * @param {number} seconds
 */
export function at(seconds) {
  return new Date(Date.parse(NOON) + 1000 * seconds).toISOString();
}

/**
 * @param {string} slug
 * @param {Partial<CameraState>} changes
 * @returns {CameraState} of a camera that runs
 */
export function cameraState(slug, changes = {}) {
  return {
    type: "camera.state", camera: { slug, name: slug }, state: "live", reason: "", last_frame_at: null,
    frame_age_ms: null, fps_read: 25, fps_analysed: 5, width_px: 640, height_px: 360, at: NOON, ...changes,
  };
}

/**
 * @param {string} id
 * @param {Partial<SightingRecord>} changes
 * @returns {SightingRecord} of Ada, who is in view of the hall since noon
 */
export function sighting(id, changes = {}) {
  return {
    id, camera: { slug: "hall", name: "Hall" }, verdict: "match", person: { id: "1", name: "Ada" }, stranger: null,
    first_seen_at: NOON, last_seen_at: NOON, ended_at: null, distance: 0.3, match_threshold: 0.6, review_threshold: 0.65, margin: 0.2,
    gallery_version: 1, look_closer: false, no_face: false, edit: null, edited: null, snapshot_url: null, url: `/sightings/${id}/`, withheld: false, rounded: false, ...changes,
  };
}
