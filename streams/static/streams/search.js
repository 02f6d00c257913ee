// Search by photo without leaving the page: the picture stays in the browser, so that another of its faces is one click.
// @ts-check

const form = /** @type {HTMLFormElement} */ (document.querySelector("[data-search]"));
const input = /** @type {HTMLInputElement} */ (form.querySelector("input[type=file]"));
const drop = /** @type {HTMLElement} */ (form.querySelector("[data-drop]"));
const picture = /** @type {HTMLElement} */ (form.querySelector("[data-picture]"));
const shown = /** @type {HTMLImageElement} */ (picture.querySelector("img"));

/** The section is replaced by each answer. */
const found = () => /** @type {HTMLElement} */ (document.querySelector("#found"));
const title = () => /** @type {HTMLElement} */ (found().querySelector("h2"));
const radios = () => /** @type {NodeListOf<HTMLInputElement>} */ (found().querySelectorAll(".search-faces input"));
const chosenFile = () => input.files?.[0];

/** The search that is under way; a newer one ends it. @type {AbortController | null} */
let underWay = null;

/** @param {string} words */
function refuse(words) {
  const notice = document.createElement("p");
  notice.className = "notice notice-error";
  notice.setAttribute("role", "alert");
  notice.textContent = words;
  title().after(notice);
}

function clearBoxes() {
  for (const box of picture.querySelectorAll(".search-box")) box.remove();
}

/** A button over each face of the picture. */
function drawBoxes() {
  clearBoxes();
  const faces = /** @type {HTMLElement|null} */ (found().querySelector(".search-faces"));
  if (!faces || picture.hidden) return;
  const [width, height] = [Number(faces.dataset.width), Number(faces.dataset.height)];
  for (const radio of radios()) {
    const sides = /** @type {[number, number, number, number]} */ (radio.value.split(",").map(Number));
    const [left, top, right, bottom] = sides;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "search-box";
    button.setAttribute("aria-pressed", String(radio.checked));
    button.setAttribute("aria-label", radio.parentElement?.textContent?.trim() ?? "");
    button.style.left = `${(100 * left) / width}%`;
    button.style.top = `${(100 * top) / height}%`;
    button.style.width = `${(100 * (right - left)) / width}%`;
    button.style.height = `${(100 * (bottom - top)) / height}%`;
    button.addEventListener("click", () => {
      radio.checked = true;
      form.requestSubmit();
    });
    picture.append(button);
  }
}

function showAnswer() {
  drawBoxes();
  const again = found().querySelector("[data-again]");
  if (again && chosenFile()) again.textContent = "Choose another one here or in the picture.";
  for (const radio of radios()) radio.addEventListener("change", () => chosenFile() && form.requestSubmit());
}

/** @param {HTMLElement|null} button that was pressed: one of a page has its number */
async function search(button) {
  underWay?.abort();
  underWay = new AbortController();
  const { signal } = underWay;
  found().setAttribute("aria-busy", "true");
  title().textContent = "Searching…";
  try {
    const timeout = AbortSignal.timeout(90_000);
    const answer = await fetch(form.action, {
      method: "POST",
      body: new FormData(form, button),
      signal: AbortSignal.any([signal, timeout]),
    });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const section = page.querySelector("#found");
    if (!section) throw new Error(`the site answered ${answer.status}`);
    for (const error of page.querySelectorAll(".search-form .field-error")) section.append(error);
    found().replaceWith(document.adoptNode(section));
    showAnswer();
    found().focus({ preventScroll: true });
  } catch (error) {
    if (signal.aborted) return;
    found().removeAttribute("aria-busy");
    title().textContent = "Nothing was searched";
    refuse(`The search failed: ${/** @type {Error} */ (error).message}.`);
  }
}

/** A picture was chosen: show it, forget the faces of the one before, search. */
function chosen() {
  found().querySelector(".search-faces")?.remove();
  clearBoxes();
  URL.revokeObjectURL(shown.src);
  const file = chosenFile();
  picture.hidden = !file;
  if (!file) return;
  shown.src = URL.createObjectURL(file);
  form.requestSubmit();
}

/** @param {DataTransfer | null} from */
function take(from) {
  const file = [...(from?.files ?? [])].find((each) => each.type.startsWith("image/"));
  if (!file) return false;
  const files = new DataTransfer();
  files.items.add(file);
  input.files = files.files;
  chosen();
  return true;
}

form.addEventListener("submit", (event) => {
  if (event.submitter?.hasAttribute("formaction")) return; // a file: the browser saves it and stays here
  event.preventDefault();
  void search(event.submitter);
});
input.addEventListener("change", chosen);
shown.addEventListener("error", () => { picture.hidden = true; }); // not a picture: the answer says so
document.addEventListener("paste", (event) => take(event.clipboardData) && event.preventDefault());
drop.addEventListener("dragover", (event) => {
  event.preventDefault();
  drop.dataset.over = "";
});
drop.addEventListener("dragleave", () => delete drop.dataset.over);
drop.addEventListener("drop", (event) => {
  event.preventDefault();
  delete drop.dataset.over;
  take(event.dataTransfer);
});
/** @type {HTMLElement} */ (form.querySelector("[data-hint]")).hidden = false;
showAnswer();
