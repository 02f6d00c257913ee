// The button that chooses between light, dark and as the system has it.
// @ts-check

import assert from "node:assert/strict";
import { test } from "node:test";
import { openPage, part } from "./page.js";

test("the button goes through the themes and this browser remembers the last one", async (t) => {
  openPage(t, "<button data-theme-switch hidden></button>");
  Object.assign(globalThis, { localStorage: window.localStorage });
  localStorage.setItem("theme", "a theme that is no more");
  const script = "../../facesite/static/facesite/theme.js"; // no module: it is run, and gives nothing
  await import(script);
  const shown = () => [document.documentElement.dataset.theme, part("button").title];
  assert.equal(document.documentElement.dataset.theme, "auto");
  document.dispatchEvent(new window.Event("DOMContentLoaded"));
  assert.equal(part("button").hidden, false);
  assert.deepEqual(shown(), ["auto", "Theme: system"]);
  part("button").click();
  assert.deepEqual(shown(), ["light", "Theme: light"]);
  part("button").click();
  assert.deepEqual(shown(), ["dark", "Theme: dark"]);
  assert.equal(localStorage.getItem("theme"), "dark");
  part("button").click();
  assert.deepEqual(shown(), ["auto", "Theme: system"]);
});
