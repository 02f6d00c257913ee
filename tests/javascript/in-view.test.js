// The strip of who is in view: one place for each, which nobody else moves.
// @ts-check

import assert from "node:assert/strict";
import { test } from "node:test";
import { InView } from "../../streams/static/streams/in-view.js";
import { NOON, openPage, part, template } from "./page.js";

/** @typedef {import("../../streams/static/streams/messages.js").PresentRecord} PresentRecord */

/** @param {import("node:test").TestContext} t */
function openStrip(t) {
  openPage(t, template("_in_view.html"));
  return new InView(part("[data-strip]"));
}

/**
 * @param {string} name
 * @param {Partial<PresentRecord>} changes
 * @returns {PresentRecord}
 */
function present(name, changes = {}) {
  return {
    key: `match:${name}`, verdict: "match", person: { id: name, name }, stranger: null,
    cameras: [{ slug: "hall", name: "Hall" }], since: NOON, snapshot_url: null, url: `/sightings/${name}/`, ...changes,
  };
}

const places = () => [...document.querySelectorAll("[data-strip-list] > li")];
const names = () => places().map((place) => place.querySelector("[data-whom]")?.textContent ?? "");

test("whoever is in view has a place, with camera, time and a link, and is counted", (t) => {
  const strip = openStrip(t);
  strip.reset([present("Ada", { cameras: [{ slug: "a", name: "Hall" }, { slug: "b", name: "Yard" }], snapshot_url: "/1/" })]);
  assert.equal(part("[data-strip-number]").textContent, "1");
  assert.equal(part("[data-strip-nobody]").hidden, true);
  assert.equal(part("[data-where]").textContent, "Hall, Yard");
  assert.equal(part("[data-since]").textContent, "12:00:00 UTC");
  assert.equal(part("[data-link]").getAttribute("href"), "/sightings/Ada/");
  assert.equal(part("[data-face]").getAttribute("src"), "/1/");
});

test("nobody moves when another leaves, and the next one takes the empty place", (t) => {
  const strip = openStrip(t);
  strip.reset(["Ada", "Bo", "Cy"].map((name) => present(name)));
  strip.change([], ["match:Ada"]);
  assert.deepEqual(names(), ["", "Bo", "Cy"]);
  assert.equal(part("[data-strip-number]").textContent, "2");
  strip.change([present("Di"), present("Ed")], []);
  assert.deepEqual(names(), ["Di", "Bo", "Cy", "Ed"]);
});

test("empty places at the end go, and the last one who leaves leaves the note", (t) => {
  const strip = openStrip(t);
  strip.reset([present("Ada"), present("Bo")]);
  strip.change([], ["match:Ada"]);
  strip.change([], ["match:Bo"]);
  assert.deepEqual(names(), []);
  assert.equal(part("[data-strip-nobody]").hidden, false);
});

test("a face that gets a name keeps its place", (t) => {
  const strip = openStrip(t);
  const unknown = present("?", { key: "unknown:1", verdict: "unknown", person: null });
  strip.reset([unknown, present("Bo")]);
  assert.deepEqual(names(), ["unknown", "Bo"]);
  strip.change([present("Ada")], ["unknown:1"]);
  assert.deepEqual(names(), ["Ada", "Bo"]);
});

test("what changed about somebody is shown in their place", (t) => {
  const strip = openStrip(t);
  strip.reset([present("Ada")]);
  strip.change([present("Ada", { snapshot_url: "/2/" })], []);
  assert.deepEqual(names(), ["Ada"]);
  assert.equal(part("[data-face]").hidden, false);
});

test("a person without a picture yet has the enrolled one, if the viewer may see photos", (t) => {
  const strip = openStrip(t);
  strip.reset([present("Ada"), present("?", { key: "unknown:1", verdict: "unknown", person: null })]);
  const faces = places().map((place) => part("[data-face]", place));
  assert.deepEqual(faces.map((face) => face.getAttribute("src")), ["/media/people/Ada/", null]);
  assert.deepEqual(faces.map((face) => face.hidden), [false, true]);
  faces[0]?.dispatchEvent(new window.Event("error"));
  assert.equal(faces[0]?.hidden, true);
  strip.change([present("Ada", { snapshot_url: "/1/" })], []);
  assert.deepEqual([faces[0]?.getAttribute("src"), faces[0]?.hidden], ["/1/", false]);
});

test("a greeting takes the place of all that was shown", (t) => {
  const strip = openStrip(t);
  strip.reset([present("Ada"), present("Bo")]);
  strip.reset([present("Bo"), present("Cy", { person: null, stranger: "Stranger 12", verdict: "unknown" })]);
  assert.deepEqual(names(), ["Stranger 12", "Bo"]);
});

test("a name is text and never markup", (t) => {
  const strip = openStrip(t);
  strip.reset([present("<b>Ada</b>")]);
  assert.deepEqual(names(), ["<b>Ada</b>"]);
  assert.equal(places()[0]?.querySelector("b"), null);
});
