// Banners of alerts: those that are raised while the page looks, and those that it missed without a connection.
// @ts-check

import assert from "node:assert/strict";
import { test } from "node:test";
import { AlertBanners } from "../../streams/static/streams/alert-banner.js";
import { openPage, part } from "./page.js";

/** @typedef {import("../../streams/static/streams/messages.js").AlertRecord} AlertRecord */

/** @param {import("node:test").TestContext} t */
function openBanners(t) {
  openPage(t, "<a data-alerts-waiting hidden></a><button data-alert-sound></button><div data-alert-banners></div>");
  const missing = { localStorage: { getItem: () => null }, CSS: { escape: (/** @type {string} */ id) => id } };
  for (const [name, value] of Object.entries(missing)) Object.defineProperty(globalThis, name, { value, configurable: true });
  return new AlertBanners(part("[data-alert-banners]"));
}

/**
 * @param {number} second at which it was raised
 * @param {Partial<AlertRecord>} changes
 * @returns {AlertRecord}
 */
function alertAt(second, changes = {}) {
  const at = `2026-05-04T12:00:0${second}.000Z`;
  return {
    id: `a${second}`, rule: "Doors", said: `Alert ${second}`, severity: "alarm", state: "new", camera: null,
    raised_at: at, captured_at: at, url: `/alerts/${second}/`, ...changes,
  };
}

const said = () => [...document.querySelectorAll("[data-alert-banners] a")].map((link) => link.textContent);

test("a page that has just been opened shows what is raised from then on", (t) => {
  const banners = openBanners(t);
  banners.reset([alertAt(1)]);
  assert.deepEqual(said(), []);
  banners.put(alertAt(2));
  assert.deepEqual(said(), ["Alert 2"]);
});

test("what was raised while the connection was lost comes up when it is back, and what was hidden does not", (t) => {
  const banners = openBanners(t);
  banners.reset([]);
  for (const second of [1, 2]) banners.put(alertAt(second));
  /** @type {HTMLElement} */ (document.querySelector('[data-id="a1"] button')).click();
  banners.reset([alertAt(4), alertAt(3), alertAt(2), alertAt(1)]);
  assert.deepEqual(said(), ["Alert 2", "Alert 3", "Alert 4"]);
});

test("what somebody worked off meanwhile goes away", (t) => {
  const banners = openBanners(t);
  banners.reset([]);
  for (const second of [1, 2]) banners.put(alertAt(second));
  banners.reset([alertAt(2)]);
  assert.deepEqual(said(), ["Alert 2"]);
});

test("how many alerts wait is told at once, and follows what is raised and worked off", (t) => {
  const banners = openBanners(t);
  const waiting = () => part("[data-alerts-waiting]").hidden ? "" : part("[data-alerts-waiting]").textContent;
  banners.reset([]);
  assert.equal(waiting(), "");
  banners.reset([alertAt(1)]);
  assert.equal(waiting(), "1 alert waits");
  banners.put(alertAt(2));
  assert.equal(waiting(), "2 alerts wait");
  banners.put(alertAt(1, { state: "acknowledged" }));
  banners.put(alertAt(2, { state: "closed" }));
  assert.equal(waiting(), "");
});

test("of more alerts than a greeting names the page does not know the number", (t) => {
  const banners = openBanners(t);
  banners.reset([4, 3, 2, 1].map((second) => alertAt(second)));
  assert.equal(part("[data-alerts-waiting]").textContent, "4 or more alerts wait");
  for (const second of [1, 2, 3, 4]) banners.put(alertAt(second, { state: "closed" }));
  assert.equal(part("[data-alerts-waiting]").textContent, "1 or more alerts wait");
});
