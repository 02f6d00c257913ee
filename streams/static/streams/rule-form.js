// The form of a rule: shows only the fields that belong to what it waits for. Without JavaScript all are there.
// @ts-check

const form = /** @type {HTMLFormElement|null} */ (document.querySelector("[data-rule-form]"));

/** @param {HTMLFormElement} shown */
function fit(shown) {
  const kind = /** @type {HTMLSelectElement} */ (shown.elements.namedItem("kind")).value;
  for (const field of shown.querySelectorAll("[data-for]")) {
    if (field instanceof HTMLElement) field.hidden = !(field.dataset.for ?? "").split(" ").includes(kind);
  }
}

if (form) {
  form.addEventListener("change", () => fit(form));
  fit(form);
}

export {}; // a module: its names are its own
