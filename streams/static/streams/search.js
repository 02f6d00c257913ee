// Search by photo without leaving the page: the picture stays in the browser, so that another of its faces is one click.

import { fullTime, localTime } from "./clock.js";

const form = document.querySelector("[data-search]");
const input = form.querySelector("input[type=file]");
const drop = form.querySelector("[data-drop]");
const picture = form.querySelector("[data-picture]");
const shown = picture.querySelector("img");

/** The section is replaced by each answer. */
const found = () => document.querySelector("#found");

/** The search that is under way; a newer one ends it. @type {AbortController | null} */
let underWay = null;

/** @param {string} words */
function refuse(words) {
  const notice = document.createElement("p");
  notice.className = "notice notice-error";
  notice.setAttribute("role", "alert");
  notice.textContent = words;
  found().querySelector("h2").after(notice);
}

function clearBoxes() {
  for (const box of picture.querySelectorAll(".search-box")) box.remove();
}

/** A button over each face of the picture. */
function drawBoxes() {
  clearBoxes();
  const faces = found().querySelector(".search-faces");
  if (!faces || picture.hidden) return;
  const [width, height] = [Number(faces.dataset.width), Number(faces.dataset.height)];
  for (const radio of faces.querySelectorAll("input")) {
    const [left, top, right, bottom] = radio.value.split(",").map(Number);
    const button = document.createElement("button");
    button.type = "button";
    button.className = "search-box";
    button.setAttribute("aria-pressed", String(radio.checked));
    button.setAttribute("aria-label", radio.parentElement.textContent.trim());
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
  for (const time of found().querySelectorAll("time[datetime]")) {
    time.textContent = localTime(time.dateTime);
    time.title = fullTime(time.dateTime);
  }
  drawBoxes();
  const again = found().querySelector("[data-again]");
  if (again && input.files.length) again.textContent = "Choose another one here or in the picture.";
  for (const radio of found().querySelectorAll(".search-faces input")) {
    radio.addEventListener("change", () => input.files.length && form.requestSubmit());
  }
}

async function search() {
  underWay?.abort();
  underWay = new AbortController();
  const { signal } = underWay;
  found().setAttribute("aria-busy", "true");
  found().querySelector("h2").textContent = "Searching…";
  try {
    const timeout = AbortSignal.timeout(90_000);
    const answer = await fetch(form.action, {
      method: "POST",
      body: new FormData(form),
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
    found().querySelector("h2").textContent = "Nothing was searched";
    refuse(`The search did not succeed: ${error.message}.`);
  }
}

/** A picture was chosen: show it, forget the faces of the one before, search. */
function chosen() {
  found().querySelector(".search-faces")?.remove();
  clearBoxes();
  URL.revokeObjectURL(shown.src);
  picture.hidden = !input.files.length;
  if (!input.files.length) return;
  shown.src = URL.createObjectURL(input.files[0]);
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
  event.preventDefault();
  void search();
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
form.querySelector("[data-hint]").hidden = false;
showAnswer();
