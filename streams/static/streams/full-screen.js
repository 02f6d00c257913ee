// The live page over the whole screen, as its user left it: kept on the server, for each of their devices.
// @ts-check

/** @param {HTMLElement} root the element with data-live */
export function offerFullScreen(root) {
  const form = /** @type {HTMLFormElement|null} */ (root.querySelector("[data-full-screen]"));
  if (!form) return; // a page of one camera
  const button = /** @type {HTMLButtonElement} */ (form.querySelector("button"));
  const next = /** @type {HTMLInputElement} */ (form.elements.namedItem("on"));

  /** @param {boolean} full */
  const show = (full) => {
    void fetch(form.action, { method: "POST", body: new FormData(form), headers: { Accept: "application/json" } })
      .catch((error) => console.warn("This is not kept.", error));
    document.body.classList.toggle("full-screen", full);
    button.textContent = full ? "Leave full screen" : "Full screen";
    next.value = full ? "0" : "1";
  };

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const full = next.value === "1";
    show(full);
    // A phone may have no full screen: the page without its header is what it gets.
    void (full ? document.documentElement.requestFullscreen?.() : leave())?.catch(() => undefined);
  });
  document.addEventListener("fullscreenchange", () => { // by Escape
    if (!document.fullscreenElement && next.value === "0") show(false);
  });
}

async function leave() {
  if (document.fullscreenElement) await document.exitFullscreen();
}
