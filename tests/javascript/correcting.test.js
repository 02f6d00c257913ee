// The buttons that say who a sighting is: which of them stand there, what they send, and what is said of it.
// @ts-check

import assert from "node:assert/strict";
import { test } from "node:test";
import { Feed } from "../../streams/static/streams/feed.js";
import { openPage, part, sighting, template } from "./page.js";

/** @param {import("node:test").TestContext} t */
function openFeed(t) {
  openPage(t, template("_feed.html"));
  const element = part("[data-feed]");
  element.dataset.max = "100";
  return new Feed(element);
}

/** @param {string} says @returns {HTMLFormElement} */
const form = (says) => /** @type {HTMLFormElement} */ (part(`[data-feed-list] form[data-says=${says}]`));

/** @param {HTMLFormElement} of @param {string} name */
const sent = (of, name) => /** @type {HTMLInputElement} */ (of.querySelector(`[name=${name}]`)).value;

test("a name can be confirmed and taken away, with the edit that was seen", (t) => {
  const feed = openFeed(t);
  feed.put(sighting("a", { url: "/sightings/a/" }));
  assert.equal(form("is_not").textContent?.trim(), "Not Ada");
  assert.equal(form("is_not").getAttribute("action"), "/sightings/a/correct/");
  assert.deepEqual([sent(form("is"), "is"), sent(form("is"), "edit")], ["1", "none"]);
  feed.put(sighting("a", { url: "/sightings/a/", edit: 7, edited: "confirmed by Ann" }));
  assert.equal(form("is").hidden, true);
  assert.equal(sent(form("is_not"), "edit"), "7");
  assert.equal(part("[data-feed-list] [data-distance]").textContent, "confirmed by Ann");
});

test("of an unknown face there is no name to say anything of", (t) => {
  const feed = openFeed(t);
  feed.put(sighting("a", { verdict: "unknown", person: null, no_face: true }));
  assert.deepEqual([form("is").hidden, form("is_not").hidden], [true, true]);
  assert.equal(part("[data-feed-list] [data-whom]").textContent, "no face");
  assert.match(part("[data-feed-list] [data-who]").getAttribute("href") ?? "", /correct\/\?next=/);
});

/**
 * @param {import("node:test").TestContext} t
 * @param {boolean} ok
 * @param {object} said
 */
async function answer(t, ok, said) {
  Object.assign(globalThis, { FormData: window.FormData }); // Node takes no form of happy-dom
  t.mock.method(globalThis, "fetch", async () => ({ ok, json: async () => said }));
  form("is_not").dispatchEvent(new window.Event("submit", { bubbles: true, cancelable: true }));
  for (let turn = 0; turn < 10; turn += 1) await null; // the page's clock stands still, its promises do not
}

test("what came of it is said, with a button that undoes it", async (t) => {
  openFeed(t).put(sighting("a"));
  await answer(t, true, { said: "This is not Ada.", undo: "/edits/3/undo/" });
  assert.equal(part("[data-outcome-words]").textContent, "This is not Ada.");
  const undo = /** @type {HTMLFormElement} */ (part("[data-outcome] form"));
  assert.deepEqual([undo.hidden, undo.getAttribute("action")], [false, "/edits/3/undo/"]);
});

test("a refusal is said without such a button", async (t) => {
  openFeed(t).put(sighting("a"));
  await answer(t, false, { error: "Ada is retired." });
  assert.equal(part("[data-outcome-words]").textContent, "Ada is retired.");
  assert.equal(/** @type {HTMLFormElement} */ (part("[data-outcome] form")).hidden, true);
  assert.equal(part("[data-outcome]").classList.contains("outcome-bad"), true);
});
