// "Test this source" in the camera's form: asks for a trial, waits for a worker's answer, shows picture or reason.
// @ts-check

import { answerOf } from "./worker-answer.js";

/** @typedef {{state?: string, size?: string, reason?: string}} Trial as the server tells it */

/** @param {HTMLElement} section is part of the camera's form */
function offerTrial(section) {
  const trialsUrl = section.dataset.url ?? "";
  const buttons = /** @type {HTMLButtonElement[]} */ ([...section.querySelectorAll("button")]);
  const said = /** @type {HTMLElement} */ (section.querySelector("[role=status]"));
  const picture = /** @type {HTMLImageElement} */ (section.querySelector("img"));

  /**
   * The form's fields, saved or not.
   * @param {string} address name of the field whose address is tried
   */
  function written(address) {
    const fields = /** @type {HTMLFormElement} */ (buttons[0]?.form).elements;
    /** @param {string} name */
    const value = (name) => /** @type {HTMLInputElement} */ (fields.namedItem(name)).value;
    const body = new FormData();
    body.append("camera", section.dataset.camera ?? "");
    body.append("source", value(address));
    for (const name of ["csrfmiddlewaretoken", "username", "password", "turn", "pixel_aspect", "regions", "transport"]) {
      body.append(name, value(name));
    }
    for (const name of ["forget_password", "mirrored"]) {
      const box = /** @type {HTMLInputElement|null} */ (fields.namedItem(name));
      if (box?.checked) body.append(name, "on");
    }
    return body;
  }

  /** @param {string} address name of its field */
  async function test(address) {
    const asked = written(address);
    const lie = { turn: Number(asked.get("turn")), mirrored: asked.has("mirrored") };
    const begun = await fetch(trialsUrl, { method: "POST", body: asked });
    const { trial, reason } = await begun.json();
    if (!trial) return void (said.textContent = reason);
    const url = `${trialsUrl}${trial}/`;
    const state = /** @type {Trial} */ (await answerOf(url, "test"));
    said.textContent = state.size ? `It works: ${state.size} pixels.` : state.reason ?? "";
    picture.hidden = !state.size;
    if (!state.size) return;
    picture.src = `${url}picture/`;
    document.dispatchEvent(new CustomEvent("source-tried", { detail: { url: picture.src, lie } }));
  }

  /** @param {string} address name of its field */
  async function press(address) {
    buttons.forEach((button) => (button.disabled = true));
    picture.hidden = true;
    said.textContent = "Connecting …";
    try {
      await test(address);
    } catch {
      said.textContent = "The site did not answer. Try again.";
    } finally {
      buttons.forEach((button) => (button.disabled = false));
    }
  }

  for (const button of buttons) button.addEventListener("click", () => press(button.dataset.tries ?? "source"));
}

document.querySelectorAll(".source-trial").forEach((section) => offerTrial(/** @type {HTMLElement} */ (section)));
