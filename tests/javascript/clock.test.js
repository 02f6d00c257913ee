// Times of live pages are the site's, whatever the visitor's machine says.
// @ts-check

import assert from "node:assert/strict";
import { test } from "node:test";
import { Window } from "happy-dom";

/**
 * clock.js as a page of this zone has it.
 * @param {string} zone
 * @param {Record<string, string>} names
 */
async function clockOf(zone, names) {
  const { document } = new Window();
  Object.assign(globalThis, { document });
  document.documentElement.dataset.zone = zone;
  document.documentElement.dataset.zoneNames = JSON.stringify(names);
  /** @type {typeof import("../../streams/static/streams/clock.js")} */
  const clock = await import(`../../streams/static/streams/clock.js?${zone}`);
  return clock;
}

const BERLIN = { "GMT+01:00": "CET", "GMT+02:00": "CEST" };

test("a time has the name of the zone at that time, and 24 hours", async () => {
  const { fullTime } = await clockOf("Europe/Berlin", BERLIN);
  assert.equal(fullTime("2026-07-04T22:05:09Z"), "5 Jul 2026, 00:05:09 CEST");
  assert.equal(fullTime("2026-12-04T22:05:09Z"), "4 Dec 2026, 23:05:09 CET");
});

test("the hour that comes twice has two names", async () => {
  const { fullTime } = await clockOf("Europe/Berlin", BERLIN);
  assert.equal(fullTime("2026-10-25T00:30:00Z"), "25 Oct 2026, 02:30:00 CEST");
  assert.equal(fullTime("2026-10-25T01:30:00Z"), "25 Oct 2026, 02:30:00 CET");
});

test("the day stands in front if it is not today on the site", async () => {
  const { setServerNow, siteTime } = await clockOf("Asia/Tokyo", { "GMT+09:00": "JST" });
  setServerNow("2026-05-04T16:00:00Z");
  assert.equal(siteTime("2026-05-04T15:30:00Z"), "00:30:00 JST");
  assert.equal(siteTime("2026-05-04T14:30:00Z"), "4 May, 23:30:00 JST");
});

test("UTC is called UTC, and so is what the browser knows no zone for", async () => {
  const utc = await clockOf("UTC", { "GMT+00:00": "UTC" });
  assert.equal(utc.fullTime("2026-05-04T14:30:00Z"), "4 May 2026, 14:30:00 UTC");
  const unknown = await clockOf("Mars/Olympus", {});
  assert.equal(unknown.fullTime("2026-05-04T14:30:00Z"), "4 May 2026, 14:30:00 UTC");
});
