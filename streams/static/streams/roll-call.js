// @ts-check
/* Ticks of a roll call: counted, and kept on this device while the tab is open, also if a phone loads the page anew. */

const KEPT = "roll-call";

/** @returns {string[]} */
function kept() {
  try {
    const ids = JSON.parse(sessionStorage.getItem(KEPT) ?? "[]");
    return Array.isArray(ids) ? ids.map(String) : [];
  } catch {
    return []; // no storage in this browser, or another page's value: the list begins without ticks
  }
}

/** @param {string[]} ids */
function keep(ids) {
  try {
    sessionStorage.setItem(KEPT, JSON.stringify(ids));
  } catch (error) {
    console.warn("Ticks are not kept.", error);
  }
}

const boxes = /** @type {NodeListOf<HTMLInputElement>} */ (document.querySelectorAll("[data-found]"));
const said = document.querySelector("[data-ticked]");

function tell() {
  const found = [...boxes].filter((box) => box.checked);
  if (said) said.textContent = boxes.length ? `${found.length} of ${boxes.length} found.` : "";
}

const before = new Set(kept());
for (const box of boxes) {
  box.checked = before.has(box.dataset.found ?? "");
  box.addEventListener("change", () => {
    keep([...boxes].filter((each) => each.checked).map((each) => each.dataset.found ?? ""));
    tell();
  });
}
tell();

const printer = /** @type {HTMLButtonElement | null} */ (document.querySelector("[data-print]"));
if (printer) {
  printer.hidden = false;
  printer.addEventListener("click", () => window.print());
}

export {};
