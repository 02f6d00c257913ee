// Adding photos of a person: chosen in several goes, dropped, pasted or taken, looked at before they are saved.
// @ts-check

import { Capture } from "./capture.js";
import { ChosenPhotos } from "./chosen-photos.js";
import { KeptForm } from "./kept-form.js";
import { PhotoChecks } from "./photo-checks.js";

/** @param {HTMLElement} root */
function addPhotos(root) {
  const input = /** @type {HTMLInputElement} */ (root.querySelector("input[type=file]"));
  const area = /** @type {HTMLElement} */ (root.querySelector("[data-area]"));
  const token = /** @type {HTMLInputElement} */ (input.form?.elements.namedItem("csrfmiddlewaretoken")).value;
  const { checkUrl: url = "", person = "" } = root.dataset;
  const kept = new KeptForm(root, (words) => chosen.say(words));
  let isSaving = false;

  const chosen = new ChosenPhotos(root, {
    kept: putInto,
    added: (file) => checks.ask(file),
    removed: (file) => (checks.forget(file), capture.forget(file)),
  });
  const checks = new PhotoChecks({ url, person, token }, (file, verdict) => chosen.judge(file, verdict));
  const capture = new Capture(/** @type {HTMLDialogElement} */ (root.querySelector("dialog")), token, (file) => chosen.add([file]));

  /** @param {File[]} files are what the form sends */
  function putInto(files) {
    const transfer = new DataTransfer();
    for (const file of files) transfer.items.add(file);
    input.files = transfer.files;
  }

  /**
   * @param {DataTransfer | null} transfer pasted or dropped
   * @returns {boolean} whether there were files in it
   */
  function take(transfer) {
    const all = [...(transfer?.files ?? [])];
    const files = all.filter((_, place) => !isFolder(transfer?.items[place]));
    chosen.add(files, files.length < all.length ? "Folders are not taken here: open them, and drop the pictures. " : "");
    return files.length > 0;
  }

  /** @param {SubmitEvent} event */
  async function save(event) {
    event.preventDefault();
    isSaving = true; // for beforeunload: the page leaves as soon as it is saved
    isSaving = await kept.send(event.submitter);
  }

  input.addEventListener("change", () => chosen.add(input.files ?? []));
  document.addEventListener("paste", (event) => take(event.clipboardData) && event.preventDefault());
  // Anywhere on the page: a picture dropped beside the area would take the browser away from it, and all would be lost.
  document.addEventListener("dragover", (event) => {
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    area.dataset.over = "";
  });
  document.addEventListener("dragleave", (event) => event.relatedTarget ?? delete area.dataset.over);
  document.addEventListener("drop", (event) => {
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    delete area.dataset.over;
    take(event.dataTransfer);
  });
  document.addEventListener("submit", (event) => {
    if (event.target === kept.form && chosen.size) void save(event);
  });
  addEventListener("beforeunload", (event) => chosen.size && !isSaving && event.preventDefault());

  /** @type {HTMLElement} */ (root.querySelector("[data-choose]")).addEventListener("click", () => input.click());
  /** @type {HTMLElement} */ (root.querySelector("[data-capture]")).addEventListener("click", () => capture.open());
  /** @type {HTMLElement} */ (root.querySelector("[data-needs-script]")).hidden = false;
  area.dataset.live = ""; // hides the browser's own input behind the buttons
  input.tabIndex = -1;
  chosen.add(input.files ?? []); // a browser may have kept them over a reload
  if (location.hash === "#camera") void capture.open();
}

/** @param {DataTransferItem | undefined} item */
function isFolder(item) {
  return item?.webkitGetAsEntry?.()?.isDirectory ?? false;
}

document.querySelectorAll("[data-adding]").forEach((root) => addPhotos(/** @type {HTMLElement} */ (root)));
