// The cameras of a page: which pictures are asked for, in which order cameras stand, and what is said of them.
// @ts-check

import assert from "node:assert/strict";
import { test } from "node:test";
import { CameraGrid } from "../../streams/static/streams/camera-grid.js";
import { setServerNow } from "../../streams/static/streams/clock.js";
import { at, cameraState, hideTab, look, NOON, openPage, part, pass, template } from "./page.js";

/** @typedef {import("node:test").TestContext} TestContext */

/** @param {string} slug */
const article = (slug) => template("_camera.html", { slug, name: slug, state: "connecting", url: `/cameras/${slug}/` });

const SUMMARY = "<div data-summary><p data-summary-words></p><p data-summary-spoken></p></div>";
const NONE_YET = "<div data-no-cameras hidden></div>";
const COPIED = `<template id="camera-template" data-url="/cameras/__slug__/">${article("")}</template>`;

/**
 * A dashboard that is connected, with cameras that the server wrote.
 * @param {TestContext} t
 * @param {string[]} slugs
 */
function openDashboard(t, ...slugs) {
  const cameras = `<section><div data-cameras>${slugs.map(article).join("")}</div><div data-camera-lines></div></section>`;
  return connected(t, `<div data-live>${SUMMARY}${cameras}${NONE_YET}</div>${COPIED}`);
}

/**
 * @param {TestContext} t
 * @param {string} html
 */
function connected(t, html) {
  openPage(t, html);
  setServerNow(NOON);
  /** @type {string[][]} */
  const asked = [];
  const grid = new CameraGrid(part("[data-live]"), (slugs) => asked.push(slugs));
  grid.setOnline(true);
  return { grid, asked };
}

/** @param {string} slug */
const camera = (slug) => part(`#camera-${slug}`);
const articles = () => [...document.querySelectorAll("[data-cameras] > article")];
const slugs = () => articles().map((each) => each.getAttribute("data-camera"));
const lines = () => [...document.querySelectorAll("[data-camera-lines] > article")].map((each) => each.getAttribute("data-camera"));

test("pictures are asked for of cameras on the screen alone, and once", (t) => {
  const { asked } = openDashboard(t, "hall", "gate", "yard");
  look(camera("hall"), camera("gate"));
  look(camera("gate"), camera("hall"));
  assert.deepEqual(asked, [["gate", "hall"]]);
  look(camera("yard"));
  assert.deepEqual(asked.at(-1), ["yard"]);
});

test("a server that was not told yet is asked again", (t) => {
  const { grid, asked } = openDashboard(t, "hall");
  look(camera("hall"));
  grid.askForPictures(true);
  assert.deepEqual(asked, [["hall"], ["hall"]]);
});

test("a hidden tab asks for nothing, and for the same cameras when it is shown again", (t) => {
  const { asked } = openDashboard(t, "hall");
  look(camera("hall"));
  hideTab(true);
  hideTab(false);
  assert.deepEqual(asked, [["hall"], [], ["hall"]]);
});

test("a camera that comes stands at its name's place, with a link to its page", (t) => {
  const { grid } = openDashboard(t, "gate", "yard");
  grid.reset(["gate", "yard", "hall"].map((slug) => cameraState(slug)));
  assert.deepEqual(slugs(), ["gate", "hall", "yard"]);
  assert.equal(part("[data-name]", camera("hall")).getAttribute("href"), "/cameras/hall/");
  assert.equal(part("[data-chip]", camera("hall")).textContent, "Live");
});

test("a camera that comes is asked for like the others", (t) => {
  const { grid, asked } = openDashboard(t);
  grid.setState(cameraState("hall"));
  look(camera("hall"));
  assert.deepEqual(asked, [["hall"]]);
});

for (const state of /** @type {const} */ (["off", "asleep", "down", "ended"])) {
  test(`a camera that is ${state} becomes a line, and has its place again when it is live`, (t) => {
    const { grid } = openDashboard(t, "gate", "hall", "yard");
    grid.setState(cameraState("hall", { state, reason: "The password is wrong." }));
    assert.deepEqual([slugs(), lines()], [["gate", "yard"], ["hall"]]);
    assert.equal(part("[data-reason]", camera("hall")).textContent, "The password is wrong.");
    grid.setState(cameraState("hall"));
    assert.deepEqual([slugs(), lines()], [["gate", "hall", "yard"], []]);
  });
}

test("a camera that tries again stays a line until it has a picture", (t) => {
  const { grid } = openDashboard(t, "gate", "hall");
  grid.setState(cameraState("gate", { state: "down" }));
  grid.setState(cameraState("gate", { state: "connecting" }));
  assert.deepEqual(lines(), ["gate"]);
});

test("a camera that loses its connection for a moment keeps its place", (t) => {
  const { grid } = openDashboard(t, "gate", "hall");
  grid.setState(cameraState("gate", { state: "connecting" }));
  grid.setOnline(false);
  assert.deepEqual(slugs(), ["gate", "hall"]);
});

test("nothing goes under a hand, and goes when it is gone", (t) => {
  const { grid } = openDashboard(t, "gate", "hall");
  const link = part("[data-name]", camera("gate"));
  link.focus();
  grid.setState(cameraState("gate", { state: "down", at: at(1) }));
  pass(t, 1_000);
  assert.deepEqual([slugs(), lines()], [["gate", "hall"], []]);
  link.blur();
  pass(t, 250);
  assert.deepEqual([slugs(), lines()], [["hall"], ["gate"]]);
});

test("the order that the user has chosen holds, and new cameras come behind it", (t) => {
  const { grid } = openDashboard(t, "yard", "hall");
  for (const [number, slug] of ["yard", "hall"].entries()) camera(slug).dataset.rank = String(number + 1);
  grid.setState(cameraState("gate"));
  assert.deepEqual(slugs(), ["yard", "hall", "gate"]);
  for (const state of /** @type {const} */ (["down", "live"])) grid.setState(cameraState("yard", { state }));
  assert.deepEqual(slugs(), ["yard", "hall", "gate"]);
});

test("where the user has chosen cameras, others do not come", (t) => {
  const { grid } = openDashboard(t, "hall");
  part("[data-cameras]").dataset.chosen = "";
  grid.setState(cameraState("gate"));
  assert.deepEqual(slugs(), ["hall"]);
});

test("cameras that are gone leave the page, and the last one leaves the note", (t) => {
  const { grid, asked } = openDashboard(t, "hall", "gate");
  look(camera("hall"), camera("gate"));
  grid.reset([cameraState("gate")]);
  assert.deepEqual(slugs(), ["gate"]);
  grid.askForPictures();
  assert.deepEqual(asked.at(-1), ["gate"]);
  grid.remove("gate");
  assert.equal(part("[data-no-cameras]").hidden, false);
  grid.setState(cameraState("gate"));
  assert.equal(part("[data-no-cameras]").hidden, true);
});

test("a page of one camera keeps it and takes no other", (t) => {
  const { grid } = connected(t, `<div data-live><div data-cameras>${article("hall")}</div></div>`);
  grid.reset([cameraState("gate")]);
  assert.deepEqual(slugs(), ["hall"]);
});

test("a live camera whose picture does not come is late after three seconds", (t) => {
  const { grid } = openDashboard(t, "hall");
  look(camera("hall"));
  grid.setState(cameraState("hall", { at: at(3) }));
  assert.equal(part("[data-veil]", camera("hall")).textContent, "Fetching the picture…");
  pass(t, 2_750);
  assert.equal(camera("hall").dataset.state, "live");
  pass(t, 500);
  assert.equal(camera("hall").dataset.state, "late");
  assert.equal(part("[data-veil]", camera("hall")).textContent, "Waiting for the first picture…");
});

test("a picture passes for live only until the camera's next one is overdue", async (t) => {
  const { grid } = openDashboard(t, "hall");
  Object.assign(globalThis, { createImageBitmap: async () => ({ close() {} }) });
  look(camera("hall"));
  grid.setState(cameraState("hall"));
  const header = /** @type {const} */ ({
    type: "frame", camera: "hall", frame: 1, captured_at: NOON, delay_ms: 40, width_px: 640, height_px: 360,
    old_after_ms: 2_000,
  });
  await grid.view("hall")?.show({ ...header, faces: [] }, new Blob());
  assert.equal(camera("hall").dataset.fresh, "yes");
  pass(t, 2_000);
  assert.equal(camera("hall").dataset.fresh, "yes");
  pass(t, 250);
  assert.equal(camera("hall").dataset.fresh, "no");
  assert.match(part("[data-veil]", camera("hall")).textContent ?? "", /^No picture since /);
});

test("a live camera that says nothing for more than five seconds is stalled", (t) => {
  const { grid } = openDashboard(t, "hall");
  grid.setState(cameraState("hall"));
  pass(t, 5_000);
  assert.equal(camera("hall").dataset.state, "live");
  pass(t, 250);
  assert.equal(camera("hall").dataset.state, "stalled");
  assert.equal(part("[data-reason]", camera("hall")).textContent, "Its worker has sent nothing for some seconds.");
});

test("nothing is claimed of a camera while the connection is lost", (t) => {
  const { grid } = openDashboard(t, "hall");
  grid.setState(cameraState("hall", { state: "down", reason: "The password is wrong." }));
  assert.equal(part("[data-reason]", camera("hall")).textContent, "The password is wrong.");
  grid.setOnline(false);
  assert.equal(camera("hall").dataset.state, "connecting");
  assert.equal(part("[data-chip]", camera("hall")).textContent, "Reconnecting…");
  assert.equal(part("[data-reason]", camera("hall")).textContent, "");
  grid.setOnline(true); // what it said before the connection was lost is no news
  assert.equal(camera("hall").dataset.state, "connecting");
});

test("one line counts the cameras, and names a trouble that lasts more than five seconds", (t) => {
  const { grid } = openDashboard(t, "gate", "hall", "yard");
  const line = part("[data-summary-words]");
  grid.reset([
    cameraState("gate", { at: at(10) }), cameraState("hall", { state: "down" }), cameraState("yard", { state: "off" }),
  ]);
  pass(t, 5_000);
  assert.equal(line.textContent, "1 live, 1 off");
  pass(t, 750);
  assert.equal(line.textContent, "1 live, 1 off, hall down");
  assert.equal(part("a", line).getAttribute("href"), "#camera-hall");
});
