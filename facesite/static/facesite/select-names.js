// Tells readers of screens what Django's fields with suggestions (Select2) leave out: the name of the box to type in, and
// that what is chosen stands in no list, for its button to clear it is no item.
// @ts-check

/** @param {Element} field a `select` that Select2 has replaced */
function tell(field) {
  const shown = field.nextElementSibling;
  const label = document.querySelector(`label[for="${field.id}"]`);
  const name = label?.textContent?.trim() || field.closest("td")?.dataset["column"] || "Search";
  if (!shown?.matches(".select2-container")) return;
  shown.querySelectorAll(".select2-search__field").forEach((box) => box.setAttribute("aria-label", name));
  shown.querySelectorAll("[role=combobox].select2-selection--single").forEach((box) => nameOf(box, label, name));
  shown.querySelectorAll("ul, ul > li").forEach((part) => part.setAttribute("role", "presentation"));
}

/**
 * A field for one choice goes by what is chosen, so an empty one has no name, and shows it as a text box without a name.
 * @param {Element} box @param {Element | null} label @param {string} name
 */
function nameOf(box, label, name) {
  const shown = box.querySelector(".select2-selection__rendered"), chosen = shown?.id;
  shown?.setAttribute("role", "presentation");
  shown?.removeAttribute("aria-readonly");
  if (!label || !chosen) return box.setAttribute("aria-label", name);
  label.id ||= `${chosen}-label`;
  const both = `${label.id} ${chosen}`;
  if (box.getAttribute("aria-labelledby") !== both) box.setAttribute("aria-labelledby", both);
}

const tellAll = () => document.querySelectorAll("select.admin-autocomplete").forEach(tell);

if (document.querySelector("select.admin-autocomplete")) {
  new MutationObserver(tellAll).observe(document.body, { childList: true, subtree: true });
  tellAll();
}

export {};
