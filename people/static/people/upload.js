// The form that uploads a ZIP says how far it is: 500 MB take minutes. Without JavaScript the browser sends it as ever.
// @ts-check

/** @param {HTMLFormElement} form */
function showUpload(form) {
  const told = /** @type {HTMLElement} */ (form.querySelector("[data-uploading]"));
  const words = /** @type {HTMLElement} */ (told.querySelector("[data-words]"));
  const bar = /** @type {HTMLProgressElement} */ (told.querySelector("progress"));
  const errors = /** @type {HTMLElement} */ (form.querySelector("[data-errors]"));
  const button = /** @type {HTMLButtonElement} */ (form.querySelector("button"));

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const request = new XMLHttpRequest();
    request.open("POST", location.href);
    request.upload.addEventListener("progress", ({ loaded, total }) => say(loaded / total));
    request.addEventListener("load", () => answered(request));
    request.addEventListener("error", () => refuse("The connection was lost. Try again."));
    errors.replaceChildren();
    button.disabled = true;
    told.hidden = false;
    say(0);
    request.send(new FormData(form));
  });

  /** @param {number} share of the file that has been sent */
  function say(share) {
    bar.value = Math.floor(100 * share);
    words.textContent = share < 1 ? `Uploading: ${bar.value} %` : "Uploaded; the list of its files is being checked …";
  }

  /** @param {XMLHttpRequest} request has been answered with the page of the import, or with the form and its errors */
  function answered(request) {
    if (request.responseURL !== location.href.split("#")[0]) {
      location.assign(request.responseURL);
      return;
    }
    const page = new DOMParser().parseFromString(request.responseText, "text/html");
    const said = page.querySelector("[data-errors]")?.textContent?.trim();
    refuse(said || `The server refused the file (${request.status}).`);
  }

  /** @param {string} why */
  function refuse(why) {
    const line = document.createElement("p");
    line.className = "errornote";
    line.textContent = why;
    errors.replaceChildren(line);
    told.hidden = true;
    button.disabled = false;
  }
}

document.addEventListener("DOMContentLoaded", () => {
  document.querySelectorAll("form[data-upload]").forEach((form) => showUpload(/** @type {HTMLFormElement} */ (form)));
});
