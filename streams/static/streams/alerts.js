// The page of alerts by keyboard: j and k go down and up, a letter presses the button that has it.
// @ts-check

/** @param {KeyboardEvent} event whether it was typed into a field, or means something to the browser */
function isTyped(event) {
  const at = /** @type {HTMLElement|null} */ (event.target instanceof HTMLElement ? event.target : null);
  return event.ctrlKey || event.metaKey || event.altKey || Boolean(at?.closest("input:not([type=hidden]), select, textarea"));
}

/** @returns {HTMLElement[]} */
function all() {
  return [...document.querySelectorAll("[data-alert]")].filter((each) => each instanceof HTMLElement);
}

/** @param {number} step 1 down, -1 up */
function go(step) {
  const alerts = all();
  const at = alerts.findIndex((each) => each.contains(document.activeElement));
  const next = at < 0 ? 0 : Math.min(alerts.length - 1, Math.max(0, at + step));
  alerts[next]?.focus();
  alerts[next]?.scrollIntoView({ block: "nearest" });
}

/** @param {string} key */
function press(key) {
  const alerts = all();
  const chosen = alerts.find((each) => each.contains(document.activeElement)) ?? (alerts.length === 1 ? alerts[0] : null);
  const wanted = key === "o" ? "[data-open]" : `[data-key="${key}"]`;
  /** @type {HTMLElement|null|undefined} */ (chosen?.querySelector(wanted))?.click();
}

document.addEventListener("keydown", (event) => {
  if (isTyped(event)) return;
  if (event.key === "j" || event.key === "k") go(event.key === "j" ? 1 : -1);
  else if ("atfuo".includes(event.key) && event.key.length === 1) press(event.key);
});

export {}; // a module: its names are its own
