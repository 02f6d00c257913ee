// Pictures that are chosen but not saved yet: gathered, looked at, taken out again.
// @ts-check

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { ChosenPhotos, summary } from "../../people/static/people/chosen-photos.js";
import { PhotoChecks } from "../../people/static/people/photo-checks.js";
import { openPage, part } from "./page.js";

/** @typedef {import("../../people/static/people/chosen-photos.js").Verdict} Verdict */

const WIDGET = readFileSync(new URL("../../people/templates/people/_chosen_photo.html", import.meta.url), "utf8");
const ITEM = WIDGET.match(/<template>.*?<\/template>/s)?.[0] ?? "";
const GOOD = /** @type {const} */ ({ state: "good", sentence: "One clear face.", sha256: "a" });

/** @param {string} name */
const picture = (name, size = 3) => new File(["x".repeat(size)], name, { type: "image/jpeg", lastModified: 1 });
const names = () => [...document.querySelectorAll("[data-name]")].map((name) => name.textContent);
const said = () => part("[data-said]").textContent;
const settled = () => new Promise((resolve) => setImmediate(resolve));

/** @param {import("node:test").TestContext} t */
function openChosen(t, most = 10) {
  openPage(t, `<div id="root" data-most="${most}"><ul data-chosen></ul><p data-said></p>${ITEM}</div>`);
  /** @type {{kept: string[], added: string[], removed: string[]}} */
  const heard = { kept: [], added: [], removed: [] };
  const chosen = new ChosenPhotos(part("#root"), {
    kept: (files) => (heard.kept = files.map(({ name }) => name)),
    added: ({ name }) => heard.added.push(name),
    removed: ({ name }) => heard.removed.push(name),
  });
  return { chosen, heard };
}

test("choosing again adds to what was chosen, and the same file only once", (t) => {
  const { chosen, heard } = openChosen(t);
  chosen.add([picture("1.jpg")]);
  chosen.add([picture("1.jpg"), picture("2.jpg"), picture("1.jpg", 4)]);
  assert.deepEqual(names(), ["1.jpg", "2.jpg", "1.jpg"]);
  assert.deepEqual(heard.kept, ["1.jpg", "2.jpg", "1.jpg"]);
  assert.deepEqual(heard.added, ["1.jpg", "2.jpg", "1.jpg"]);
});

test("a picture is taken out by its button, and the next button has the focus", (t) => {
  const { chosen, heard } = openChosen(t);
  chosen.add([picture("1.jpg"), picture("2.jpg")]);
  const [first, second] = /** @type {HTMLElement[]} */ ([...document.querySelectorAll("button")]);
  assert.equal(first?.getAttribute("aria-label"), "Take out 1.jpg");
  first?.focus();
  first?.click();
  assert.deepEqual([names(), heard.kept, heard.removed], [["2.jpg"], ["2.jpg"], ["1.jpg"]]);
  assert.equal(document.activeElement, second);
});

test("what the site says stands beside its picture, as text", (t) => {
  const { chosen } = openChosen(t);
  const file = picture("<b>.jpg");
  chosen.add([file]);
  chosen.judge(file, { state: "bad", sentence: "No <b>face</b> was found." });
  assert.equal(part("[data-verdict]").textContent, "No <b>face</b> was found.");
  assert.equal(part("[data-chosen] > li").dataset.state, "bad");
  assert.equal(document.querySelector("b"), null);
});

test("the same content under another name is left out", (t) => {
  const { chosen, heard } = openChosen(t);
  const [one, other] = [picture("1.jpg"), picture("copy.jpg")];
  chosen.add([one, other]);
  chosen.judge(one, GOOD);
  chosen.judge(other, GOOD);
  assert.deepEqual([names(), heard.kept], [["1.jpg"], ["1.jpg"]]);
  assert.equal(said(), "“copy.jpg” was chosen twice; one is left. 1 picture is chosen. Save to add it.");
});

test("a verdict on a picture that was taken out changes nothing", (t) => {
  const { chosen } = openChosen(t);
  const file = picture("1.jpg");
  chosen.add([file]);
  chosen.remove(file);
  chosen.judge(file, GOOD);
  assert.deepEqual([names(), said()], [[], ""]);
});

test("more pictures than a form takes are refused in words", (t) => {
  const { chosen, heard } = openChosen(t, 2);
  chosen.add([picture("1.jpg"), picture("2.jpg"), picture("3.jpg")]);
  assert.deepEqual(heard.kept, ["1.jpg", "2.jpg"]);
  assert.match(said() ?? "", /^At most 2 pictures can be saved at a time\./);
});

test("what was not taken is still said when the site has looked at what was", (t) => {
  const { chosen } = openChosen(t, 2);
  const [first, second, third] = [picture("1.jpg"), picture("2.jpg"), picture("3.jpg")];
  chosen.add([first, second, third], "Folders are not taken here. ");
  for (const file of [first, second]) chosen.judge(file, { ...GOOD, sha256: file.name });
  assert.match(said() ?? "", /^Folders are not taken here\. At most 2 pictures can be saved at a time\. 2 pictures are chosen\./);
  chosen.remove(first);
  assert.equal(said(), "1 picture is chosen. Save to add it.");
});

test("the summary counts what is not good", () => {
  assert.equal(summary([]), "");
  assert.equal(summary(["good"]), "1 picture is chosen. Save to add it.");
  const words = "4 pictures are chosen, 1 being looked at, 1 with a fault, 1 to decide about. Save to add them.";
  assert.equal(summary(["waiting", "bad", "doubt", "good"]), words);
});

/**
 * Looks at pictures with a site that answers so, one answer after the other.
 * @param {import("node:test").TestContext} t
 * @param {(() => Response)[]} answers
 */
function openChecks(t, ...answers) {
  openPage(t, "");
  /** @type {FormData[]} */
  const sent = [];
  t.mock.method(globalThis, "fetch", async (/** @type {string} */ _url, /** @type {{body: FormData}} */ { body }) => {
    sent.push(body);
    return /** @type {() => Response} */ (answers.shift())();
  });
  /** @type {[string, Verdict][]} */
  const told = [];
  const site = { url: "/check/", person: "7", token: "t" };
  return { sent, told, checks: new PhotoChecks(site, ({ name }, verdict) => told.push([name, verdict])) };
}

test("pictures are looked at one after the other, for their person", async (t) => {
  const { checks, sent, told } = openChecks(t, () => Response.json(GOOD), () => Response.json(GOOD));
  checks.ask(picture("1.jpg"));
  checks.ask(picture("2.jpg"));
  assert.equal(sent.length, 1);
  await settled();
  assert.equal(sent.length, 2);
  assert.deepEqual([sent[0]?.get("person"), sent[0]?.get("csrfmiddlewaretoken")], ["7", "t"]);
  assert.deepEqual(told.map(([name, { state }]) => [name, state]), [
    ["1.jpg", "waiting"], ["2.jpg", "waiting"], ["1.jpg", "good"], ["2.jpg", "good"],
  ]);
});

test("a picture that was taken out is not looked at any more", async (t) => {
  const { checks, sent } = openChecks(t, () => Response.json(GOOD));
  const second = picture("2.jpg");
  checks.ask(picture("1.jpg"));
  checks.ask(second);
  checks.forget(second);
  await settled();
  assert.equal(sent.length, 1);
});

test("a busy site is asked again when it said", async (t) => {
  const busy = () => Response.json({ reason: "Too busy." }, { status: 503, headers: { "Retry-After": "2" } });
  const { checks, sent, told } = openChecks(t, busy, () => Response.json(GOOD));
  checks.ask(picture("1.jpg"));
  await settled();
  assert.deepEqual(told.at(-1), ["1.jpg", { state: "waiting", sentence: "Too busy." }]);
  t.mock.timers.tick(1_900);
  await settled();
  assert.equal(sent.length, 1);
  t.mock.timers.tick(100);
  await settled();
  assert.deepEqual(told.at(-1), ["1.jpg", GOOD]);
});

test("a refusal is a fault, and a site that does not answer is none", async (t) => {
  const refused = () => Response.json({ reason: "Use another copy." }, { status: 422 });
  const full = () => new Response("Too large.\n", { status: 413, headers: { "Content-Type": "text/plain" } });
  const lost = () => {
    throw new TypeError("fetch failed");
  };
  const { checks, told } = openChecks(t, refused, full, lost);
  checks.ask(picture("1.jpg"));
  await settled();
  assert.deepEqual(told.at(-1), ["1.jpg", { state: "bad", sentence: "Use another copy." }]);
  checks.ask(picture("2.jpg"));
  await settled();
  assert.deepEqual(told.at(-1), ["2.jpg", { state: "bad", sentence: "Too large." }]);
  checks.ask(picture("3.jpg"));
  await settled();
  assert.equal(told.at(-1)?.[1].state, "unknown");
});
