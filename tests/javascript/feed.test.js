// The list of sightings: order, length, filter, words, and what was missed.
// @ts-check

import assert from "node:assert/strict";
import { test } from "node:test";
import { Feed } from "../../streams/static/streams/feed.js";
import { at, hideTab, openPage, part, pass, sighting, template } from "./page.js";

/**
 * @param {import("node:test").TestContext} t
 * @param {{max?: number}} options
 */
function openFeed(t, { max = 100 } = {}) {
  openPage(t, template("_feed.html"));
  const element = part("[data-feed]");
  element.dataset.max = String(max);
  return new Feed(element);
}

const rows = () => /** @type {HTMLElement[]} */ ([...document.querySelectorAll("[data-feed-list] > li")]);
const ids = () => rows().map((row) => row.dataset.id);
const shownIds = () => rows().filter((row) => !row.hidden).map((row) => row.dataset.id);

/** @param {string} name */
const words = (name) => part(`[data-feed-list] [data-${name}]`).textContent;

/** @param {string} value */
function filterBy(value) {
  const radio = /** @type {HTMLInputElement} */ (part(`[data-feed-filter] input[value=${value}]`));
  radio.checked = true;
  radio.dispatchEvent(new window.Event("change", { bubbles: true }));
}

test("sightings stand by their time, the newest on top, in whatever order they come", (t) => {
  const feed = openFeed(t);
  for (const second of [2, 1, 3]) feed.put(sighting(`s${second}`, { first_seen_at: at(second) }));
  assert.deepEqual(ids(), ["s3", "s2", "s1"]);
});

test("the greeting takes the place of all that was shown", (t) => {
  const feed = openFeed(t);
  feed.put(sighting("old"));
  feed.reset([sighting("newer", { first_seen_at: at(2) }), sighting("older", { first_seen_at: at(1) })]);
  assert.deepEqual(ids(), ["newer", "older"]);
  feed.put(sighting("old")); // forgotten: it comes as a new one
  assert.deepEqual(ids(), ["newer", "older", "old"]);
});

test("the oldest leaves a list that is full", (t) => {
  const feed = openFeed(t, { max: 2 });
  for (const second of [1, 2, 3]) feed.put(sighting(`s${second}`, { first_seen_at: at(second) }));
  assert.deepEqual(ids(), ["s3", "s2"]);
});

test("whoever is still there after leaving a full list is not counted as new while somebody reads it", (t) => {
  const feed = openFeed(t, { max: 1 });
  feed.put(sighting("a", { first_seen_at: at(1) }));
  feed.put(sighting("b", { first_seen_at: at(2) }));
  feed.list.scrollTop = 10;
  feed.put(sighting("a", { first_seen_at: at(1), last_seen_at: at(9) }), false);
  assert.equal(part("[data-feed-new]").hidden, true);
  assert.deepEqual(ids(), ["b"]);
});

test("a sighting that left a full list comes back as a row of its own", (t) => {
  const feed = openFeed(t, { max: 1 });
  feed.put(sighting("a", { first_seen_at: at(1) }));
  feed.put(sighting("b", { first_seen_at: at(2) }));
  feed.remove("b");
  feed.put(sighting("a", { first_seen_at: at(1) }));
  assert.deepEqual(ids(), ["a"]);
});

test("what changed about a sighting is shown in its row", (t) => {
  const feed = openFeed(t);
  feed.put(sighting("a"));
  assert.equal(part("[data-in-view]", rows()[0]).hidden, false);
  feed.put(sighting("a", { last_seen_at: at(14), ended_at: at(14) }), false);
  assert.deepEqual(ids(), ["a"]);
  assert.equal(part("[data-in-view]", rows()[0]).hidden, true);
  assert.equal(words("lasted"), "for 14 s");
});

test("a sighting that may be seen no more leaves, and the last one leaves the note", (t) => {
  const feed = openFeed(t);
  const note = part("[data-feed-empty]");
  feed.put(sighting("a"));
  assert.equal(note.hidden, true);
  feed.remove("a");
  assert.deepEqual(ids(), []);
  assert.equal(note.hidden, false);
  assert.match(note.textContent ?? "", /^Nobody has been seen yet/);
});

test("a filter hides the other kinds, those that come later too", (t) => {
  const feed = openFeed(t);
  feed.put(sighting("match"));
  filterBy("unknown");
  feed.put(sighting("review", { verdict: "review" }));
  assert.deepEqual(shownIds(), []);
  assert.equal(part("[data-feed-empty]").textContent, "None of the latest sightings is of this kind.");
  feed.put(sighting("unknown", { verdict: "unknown", person: null }));
  assert.deepEqual(shownIds(), ["unknown"]);
  filterBy("all");
  assert.equal(shownIds().length, 3);
});

test("a name is followed by a question mark until somebody has reviewed it", (t) => {
  const feed = openFeed(t);
  feed.put(sighting("a"));
  assert.equal(words("whom"), "Ada");
  feed.put(sighting("a", { verdict: "review" }));
  assert.equal(words("whom"), "Ada?");
  feed.put(sighting("a", { verdict: "unknown" }));
  assert.equal(words("whom"), "unknown");
  feed.put(sighting("a", { verdict: "unknown", stranger: "Stranger 12" }));
  assert.equal(words("whom"), "Stranger 12");
});

test("a name is text and never markup", (t) => {
  const feed = openFeed(t);
  feed.put(sighting("a", { person: { id: "1", name: "<b>Ada</b>" } }));
  assert.equal(words("whom"), "<b>Ada</b>");
  assert.equal(rows()[0]?.querySelector("b"), null);
});

test("how close a face is stands in words, unless the viewer may not know", (t) => {
  const feed = openFeed(t);
  feed.put(sighting("a", { distance: 0.5 }));
  assert.equal(words("distance"), "close");
  feed.put(sighting("a", { distance: null, withheld: true }));
  assert.equal(words("distance"), "nobody whom you may see");
});

test("a picture is shown as soon as there is one", (t) => {
  const feed = openFeed(t);
  feed.put(sighting("a"));
  const face = part("[data-face]", rows()[0]);
  assert.equal(face.hidden, true);
  feed.put(sighting("a", { snapshot_url: "/snapshots/1/" }));
  assert.equal(face.hidden, false);
  assert.equal(face.getAttribute("src"), "/snapshots/1/");
});

test("what came while nobody looked is marked and counted, in the title until somebody looks again", (t) => {
  const feed = openFeed(t);
  document.title = "Live";
  feed.put(sighting("seen"));
  pass(t, 1_000);
  hideTab(true);
  feed.put(sighting("missed", { first_seen_at: at(2) }));
  assert.equal(document.title, "(1) Live");
  pass(t, 5_000);
  hideTab(false);
  feed.put(sighting("after", { first_seen_at: at(10) }));
  assert.equal(document.title, "Live");
  assert.match(part("[data-feed-missed]").textContent ?? "", /^1 new since .+, when you looked away$/);
  assert.equal(part(".sighting-missed").dataset.id, "missed");
});

test("who arrives is told aloud after a pause, three at most by name, and nobody of the greeting", (t) => {
  const feed = openFeed(t);
  const spoken = part("[data-feed-spoken]");
  feed.reset([sighting("before")]);
  for (const name of ["Ada", "Bo", "Cy", "Di"]) feed.put(sighting(name, { person: { id: name, name } }));
  assert.equal(spoken.textContent, "");
  pass(t, 5_000);
  assert.equal(spoken.textContent, "Ada, Hall; Bo, Hall; Cy, Hall; and 1 more");
});

test("a sighting that says look closer is marked, told aloud once, and found by a filter that appears with it", (t) => {
  const feed = openFeed(t);
  const filter = part("[data-feed-hints]"), spoken = part("[data-feed-spoken]");
  filter.hidden = true;
  feed.reset([sighting("a"), sighting("b")]);
  assert.equal(filter.hidden, true);
  feed.reset([sighting("a"), sighting("b"), sighting("c", { look_closer: true })]); // of the greeting: not told aloud
  for (const _ of [1, 2]) feed.put(sighting("a", { look_closer: true }), false); // it was there: it is updated
  assert.equal(filter.hidden, false);
  assert.deepEqual(rows().map((row) => part("[data-look-closer]", row).hidden), [false, true, false]);
  pass(t, 5_000);
  assert.equal(spoken.textContent, "Look closer: Ada, Hall");
  filterBy("look_closer");
  assert.deepEqual(shownIds(), ["a", "c"]);
});

/** Puts the keyboard's focus on a row, as Tab does. @param {number} number */
function focusRow(number) {
  /** @type {HTMLElement} */ (part("[data-link]", rows()[number])).focus();
}

const more = () => part("[data-feed-new]");

test("under a hand the list stands still, and what comes is counted", (t) => {
  const feed = openFeed(t);
  feed.put(sighting("a"));
  focusRow(0);
  for (const second of [1, 2]) feed.put(sighting(`s${second}`, { first_seen_at: at(second) }));
  assert.deepEqual(ids(), ["a"]);
  assert.equal(more().hidden, false);
  assert.equal(more().textContent, "2 new");
});

test("what is counted comes when the button is pressed, and the focus goes to the newest", (t) => {
  const feed = openFeed(t);
  feed.put(sighting("a"));
  focusRow(0);
  for (const second of [1, 2]) feed.put(sighting(`s${second}`, { first_seen_at: at(second) }));
  more().click();
  assert.deepEqual(ids(), ["s2", "s1", "a"]);
  assert.equal(more().hidden, true);
  assert.equal(document.activeElement, part("[data-link]", rows()[0]));
});

test("what is counted comes by itself when the hand is gone", (t) => {
  const feed = openFeed(t);
  feed.put(sighting("a"));
  focusRow(0);
  feed.put(sighting("b", { first_seen_at: at(1) }));
  /** @type {HTMLElement} */ (document.activeElement).blur();
  pass(t, 250);
  assert.deepEqual(ids(), ["b", "a"]);
});

test("a hand that lies still for a minute is none", (t) => {
  const feed = openFeed(t);
  feed.put(sighting("a"));
  focusRow(0);
  feed.put(sighting("b", { first_seen_at: at(1) }));
  pass(t, 60_000);
  assert.deepEqual(ids(), ["a"]);
  pass(t, 2_000);
  assert.deepEqual(ids(), ["b", "a"]);
});

test("rows that are there change under a hand, too", (t) => {
  const feed = openFeed(t);
  feed.put(sighting("a"));
  focusRow(0);
  feed.put(sighting("a", { person: { id: "2", name: "Bo" } }), false);
  assert.equal(words("whom"), "Bo");
});

test("what waits is shown as it was told last, counted by the filter, and forgotten if it is gone", (t) => {
  const feed = openFeed(t);
  feed.put(sighting("a"));
  focusRow(0);
  feed.put(sighting("b", { first_seen_at: at(1) }));
  feed.put(sighting("c", { first_seen_at: at(2), verdict: "unknown", person: null }));
  feed.put(sighting("b", { first_seen_at: at(1), ended_at: at(3), last_seen_at: at(3) }), false);
  filterBy("unknown");
  assert.equal(more().textContent, "1 new");
  feed.remove("c");
  assert.equal(more().hidden, true);
  filterBy("all");
  more().click();
  assert.deepEqual(ids(), ["b", "a"]);
  assert.equal(part("[data-in-view]", rows()[0]).hidden, true);
});

test("no more wait than the list can hold", (t) => {
  const feed = openFeed(t, { max: 2 });
  feed.put(sighting("a"));
  focusRow(0);
  for (const second of [1, 2, 3]) feed.put(sighting(`s${second}`, { first_seen_at: at(second) }));
  assert.equal(more().textContent, "2 new");
  more().click();
  assert.deepEqual(ids(), ["s3", "s2"]);
});
