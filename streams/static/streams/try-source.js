// "Test this source" in the camera's form: asks for a trial, waits for a worker's answer, shows picture or reason.
// @ts-check
"use strict";

/** @typedef {{state?: string, size?: string, reason?: string}} Trial as the server tells it */

/** @param {HTMLElement} section is part of the camera's form */
function offerTrial(section) {
  const trialsUrl = section.dataset.url ?? "";
  const button = /** @type {HTMLButtonElement} */ (section.querySelector("button"));
  const said = /** @type {HTMLElement} */ (section.querySelector("[role=status]"));
  const picture = /** @type {HTMLImageElement} */ (section.querySelector("img"));
  const GIVE_UP_MS = 45_000;
  const NOBODY_CAME_MS = 8_000;
  const ASK_EVERY_MS = 400;

  /** The form's fields, saved or not. */
  function written() {
    const fields = /** @type {HTMLFormElement} */ (button.form).elements;
    const body = new FormData();
    body.append("camera", section.dataset.camera ?? "");
    for (const name of ["csrfmiddlewaretoken", "source", "username", "password"]) {
      body.append(name, /** @type {HTMLInputElement} */ (fields.namedItem(name)).value);
    }
    const forget = /** @type {HTMLInputElement|null} */ (fields.namedItem("forget_password"));
    if (forget?.checked) body.append("forget_password", "on");
    return body;
  }

  /**
   * @param {string} url where the trial stands
   * @returns {Promise<Trial>} its last state
   */
  async function finished(url) {
    const began = performance.now();
    for (;;) {
      const state = /** @type {Trial} */ (await (await fetch(url)).json());
      const waited = performance.now() - began;
      if (state.state === "done") return state;
      if (state.state === "waiting" && waited > NOBODY_CAME_MS) return { reason: "No worker started the test. Is one running?" };
      if (waited > GIVE_UP_MS) return { reason: "The test did not end." };
      await new Promise((resolve) => setTimeout(resolve, ASK_EVERY_MS));
    }
  }

  async function test() {
    const begun = await fetch(trialsUrl, { method: "POST", body: written() });
    const { trial, reason } = await begun.json();
    if (!trial) return void (said.textContent = reason);
    const url = `${trialsUrl}${trial}/`;
    const state = await finished(url);
    said.textContent = state.size ? `It works: ${state.size} pixels.` : state.reason ?? "";
    picture.hidden = !state.size;
    if (state.size) picture.src = `${url}picture/`;
  }

  button.addEventListener("click", async () => {
    button.disabled = true;
    picture.hidden = true;
    said.textContent = "Connecting …";
    try {
      await test();
    } catch {
      said.textContent = "The site did not answer. Try again.";
    } finally {
      button.disabled = false;
    }
  });
}

document.addEventListener("DOMContentLoaded", () => {
  document.querySelectorAll(".source-trial").forEach((section) => offerTrial(/** @type {HTMLElement} */ (section)));
});
