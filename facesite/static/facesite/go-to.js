// The box “Go to” in the admin's menu: shows what is called so while somebody types, and goes there by Enter or click.
// Without this script the form leads to a page with the same.
// @ts-check

/** @typedef {{name: string, kind: string, url: string}} Destination */

/** How long nobody must have typed before the site is asked. */
const PAUSE_MS = 150;

/** @param {HTMLFormElement} form */
function goTo(form) {
  const box = /** @type {HTMLInputElement} */ (form.querySelector("input"));
  const list = /** @type {HTMLElement} */ (form.querySelector("[role=listbox]"));
  const said = /** @type {HTMLElement} */ (form.querySelector("[data-found-said]"));
  /** @type {Destination[]} */
  let found = [];
  let chosen = -1;
  let timer = 0;
  let asking = new AbortController();

  function draw() {
    list.replaceChildren(...found.map(option));
    list.hidden = !found.length;
    box.setAttribute("aria-expanded", String(!list.hidden));
    if (chosen >= 0) box.setAttribute("aria-activedescendant", `go-to-${chosen}`);
    else box.removeAttribute("aria-activedescendant");
  }

  /** @param {Destination} each @param {number} index */
  function option(each, index) {
    const row = document.createElement("div");
    row.id = `go-to-${index}`;
    row.setAttribute("role", "option");
    row.setAttribute("aria-selected", String(index === chosen));
    const [name, kind] = [document.createElement("span"), document.createElement("small")];
    name.textContent = each.name;
    kind.textContent = each.kind;
    row.append(name, kind);
    row.addEventListener("mousedown", (event) => event.preventDefault()); // the box keeps the focus
    row.addEventListener("click", () => location.assign(each.url));
    return row;
  }

  function close() {
    found = [];
    chosen = -1;
    said.textContent = "";
    draw();
  }

  async function ask() {
    asking.abort();
    asking = new AbortController();
    if (!box.value.trim()) return close();
    const url = `${form.action}?${new URLSearchParams({ q: box.value })}`;
    try {
      const answer = await fetch(url, { headers: { Accept: "application/json" }, signal: asking.signal });
      if (!answer.ok) return;
      found = (await answer.json()).found;
    } catch {
      return; // overtaken by a later question, or offline: Enter still leads to the page
    }
    chosen = found.length ? 0 : -1;
    said.textContent = found.length ? `${found.length} found` : "Nothing is called so";
    draw();
  }

  box.setAttribute("role", "combobox");
  box.setAttribute("aria-autocomplete", "list");
  box.setAttribute("aria-controls", list.id);
  box.setAttribute("aria-expanded", "false");
  box.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, PAUSE_MS);
  });
  box.addEventListener("blur", close);
  box.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && found.length) {
      chosen = (chosen + step + found.length) % found.length;
      draw();
    } else if (event.key === "Enter" && found[chosen]) {
      location.assign(/** @type {Destination} */ (found[chosen]).url);
    } else if (event.key === "Escape" && found.length) {
      close();
    } else {
      return;
    }
    event.preventDefault();
  });
  document.addEventListener("keydown", (event) => {
    if (!isShortcut(event)) return;
    event.preventDefault();
    const menu = /** @type {HTMLElement} */ (form.closest("[popover]"));
    if (!box.checkVisibility()) menu.showPopover();
    box.focus();
    box.select();
  });
}

/** @param {KeyboardEvent} event @returns {boolean} whether it is "/" outside of a field, or Ctrl+K or ⌘K anywhere */
function isShortcut(event) {
  if ((event.ctrlKey || event.metaKey) && event.key === "k") return true;
  const typing = event.target instanceof Element && event.target.closest("input, textarea, select, [contenteditable]");
  return event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey;
}

document.querySelectorAll("[data-go-to]").forEach((form) => goTo(/** @type {HTMLFormElement} */ (form)));

export {};
