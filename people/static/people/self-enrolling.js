// The page behind an enrolment link: takes pictures with guidance, and hands a kiosk on to the next person.
// @ts-check

import { Capture } from "./capture.js";
import { ChosenPhotos } from "./chosen-photos.js";
import { isOver, kioskAddress, leaveFor } from "./kiosk.js";
import { reasonOf } from "./refusals.js";

/** A kiosk that nobody touches goes back to its first page: the name and the link on this page are the last person's. */
const KIOSK_WAITS_MS = 90_000;
/** While pictures are taken it waits longer: guidance takes them by itself. */
const KIOSK_TAKES_MS = 300_000;

/** @param {HTMLFormElement} form */
function takePictures(form) {
  const input = /** @type {HTMLInputElement} */ (form.querySelector("input[type=file]"));
  const token = /** @type {HTMLInputElement} */ (form.elements.namedItem("csrfmiddlewaretoken")).value;
  const dialog = /** @type {HTMLDialogElement} */ (document.querySelector("dialog.capture"));
  const chosen = new ChosenPhotos(form, {
    kept: putInto,
    added: (file) => chosen.judge(file, { state: "good", sentence: "" }),
    removed: (file) => capture.forget(file),
  });
  const capture = new Capture(dialog, token, (file) => chosen.add([file]));

  /** @param {File[]} files are what the form sends */
  function putInto(files) {
    const transfer = new DataTransfer();
    for (const file of files) transfer.items.add(file);
    input.files = transfer.files;
  }

  /** Sends the pictures. If the site refuses one, all stay: a browser would lose them, and guidance would begin anew. */
  async function send() {
    const button = /** @type {HTMLButtonElement} */ (form.querySelector("[data-send]"));
    const body = new FormData(form);
    button.disabled = true;
    chosen.say("Sending …");
    try {
      const answer = await fetch(form.action, { method: "POST", body });
      if (answer.ok) return location.replace(answer.url);
      refuse(await whyNot(answer));
      chosen.say("Nothing was sent yet; your pictures are still here.");
    } catch {
      chosen.say("Nothing was sent: the site cannot be reached. Your pictures are still here; try again.");
    }
    button.disabled = false;
  }

  /** @param {string} why */
  function refuse(why) {
    const said = form.parentElement?.querySelector("[role=alert]") ?? document.createElement("p");
    said.className = "notice notice-error";
    said.setAttribute("role", "alert");
    said.textContent = why;
    form.parentElement?.prepend(said);
    said.scrollIntoView({ block: "center" });
  }

  form.addEventListener("submit", (event) => (event.preventDefault(), void send()));
  input.addEventListener("change", () => chosen.add(input.files ?? []));
  /** @type {HTMLElement} */ (form.querySelector("[data-choose]")).addEventListener("click", () => input.click());
  /** @type {HTMLElement} */ (form.querySelector("[data-capture]")).addEventListener("click", () => capture.open());
  /** @type {HTMLElement} */ (form.querySelector("[data-needs-script]")).hidden = false;
  /** @type {HTMLElement} */ (form.querySelector("[data-area]")).dataset.live = ""; // hides the browser's own input
  input.tabIndex = -1;
  input.required = false; // its own words would point at what is not to be seen: the site says it
  chosen.add(input.files ?? []); // a browser may have kept them over a reload
}

/**
 * @param {Response} answer is the page again with a reason on it, or a refusal of its own
 * @returns {Promise<string>}
 */
async function whyNot(answer) {
  const page = new DOMParser().parseFromString(await answer.clone().text(), "text/html");
  return page.querySelector("[role=alert]")?.textContent ?? reasonOf(answer);
}

/** @param {HTMLElement} way @param {string} kiosk */
function offerNext(way, kiosk) {
  const link = /** @type {HTMLAnchorElement} */ (way.querySelector("a"));
  link.href = kiosk;
  link.addEventListener("click", (event) => (event.preventDefault(), leaveFor(kiosk)));
  way.hidden = false;
}

/** @param {string} kiosk @param {number} waitsMs */
function leaveUntouched(kiosk, waitsMs) {
  let timer = 0;
  const begin = () => {
    clearTimeout(timer);
    timer = setTimeout(() => leaveFor(kiosk), waitsMs);
  };
  for (const touch of ["pointerdown", "keydown", "input"]) addEventListener(touch, begin);
  begin();
}

const page = /** @type {HTMLElement | null} */ (document.querySelector("[data-from-kiosk]"));
const kiosk = page && kioskAddress();
if (kiosk) {
  const leaveIfOver = () => isOver() && leaveFor(kiosk);
  leaveIfOver();
  addEventListener("pageshow", leaveIfOver); // some browsers show a page from memory again, and run no script
  leaveUntouched(kiosk, page.dataset.state === "agreed" ? KIOSK_TAKES_MS : KIOSK_WAITS_MS);
  document.querySelectorAll("[data-next]").forEach((way) => offerNext(/** @type {HTMLElement} */ (way), kiosk));
}
document.querySelectorAll("form[data-adding]").forEach((form) => takePictures(/** @type {HTMLFormElement} */ (form)));
