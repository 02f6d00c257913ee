"use strict";
// "Test this source" in the camera's form: asks for a trial, waits for a worker's answer, shows picture or reason.

document.addEventListener("DOMContentLoaded", () => {
  const section = document.querySelector(".source-trial");
  if (!section) return;
  const button = section.querySelector("button");
  const said = section.querySelector("[role=status]");
  const picture = section.querySelector("img");
  const GIVE_UP_MS = 45_000;
  const NOBODY_CAME_MS = 8_000;
  const ASK_EVERY_MS = 400;

  /** The form's fields, saved or not. */
  function written() {
    const form = button.form;
    const body = new FormData();
    body.append("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
    body.append("camera", section.dataset.camera);
    for (const name of ["source", "username", "password"]) body.append(name, form.elements[name].value);
    if (form.elements.forget_password?.checked) body.append("forget_password", "on");
    return body;
  }

  /** @param {string} url where the trial stands; resolves with its last state */
  async function finished(url) {
    const began = performance.now();
    for (;;) {
      const state = await (await fetch(url)).json();
      const waited = performance.now() - began;
      if (state.state === "done") return state;
      if (state.state === "waiting" && waited > NOBODY_CAME_MS) return { reason: "No worker took the test up. Is one running?" };
      if (waited > GIVE_UP_MS) return { reason: "The test did not end." };
      await new Promise((resolve) => setTimeout(resolve, ASK_EVERY_MS));
    }
  }

  async function test() {
    const begun = await fetch(section.dataset.url, { method: "POST", body: written() });
    const { trial, reason } = await begun.json();
    if (!trial) return void (said.textContent = reason);
    const url = `${section.dataset.url}${trial}/`;
    const state = await finished(url);
    said.textContent = state.size ? `It works: ${state.size} pixels.` : state.reason;
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
      said.textContent = "The site could not be asked. Try again.";
    } finally {
      button.disabled = false;
    }
  });
});
