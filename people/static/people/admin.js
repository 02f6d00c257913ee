// The admin's pages of people: photos that wait are followed, faces are framed.
// @ts-check

/** How long to wait between looks at photos that are being read. */
const LOOK_MS = 1500;

/** @param {HTMLElement} photos replaces its cards as their photos are read */
function followPhotos(photos) {
  const url = /** @type {string} */ (photos.dataset.cardsUrl);
  const status = /** @type {HTMLElement} */ (photos.querySelector(".photos-status"));
  const waiting = () => photos.querySelectorAll("[data-state=pending], [data-state=working]").length;

  async function look() {
    if (document.visibilityState === "visible") {
      try {
        const answer = await fetch(url, { headers: { Accept: "application/json" } });
        if (answer.ok) show(await answer.json());
      } catch {
        status.textContent = "The server cannot be reached; trying again.";
      }
    }
    if (waiting()) setTimeout(look, LOOK_MS);
  }

  /** @param {{cards: Record<string, string>, coverage: string}} answer HTML, rendered and escaped by the server */
  function show({ cards, coverage }) {
    const told = /** @type {HTMLElement} */ (photos.querySelector(".photos-coverage"));
    told.replaceChildren(document.createRange().createContextualFragment(coverage));
    for (const [photo, html] of Object.entries(cards)) {
      const old = /** @type {HTMLElement | null} */ (photos.querySelector(`[data-photo="${photo}"]`));
      const next = document.createRange().createContextualFragment(html).firstElementChild;
      if (old && next instanceof HTMLElement && old.dataset.state !== next.dataset.state) old.replaceWith(next);
    }
    const left = waiting();
    status.textContent = left ? `${left} being read …` : "All photos are read.";
  }

  if (waiting()) look();
}

/** @param {HTMLElement} face is put over the picture, by its place in percent */
function frameFace(face) {
  for (const side of /** @type {const} */ (["left", "top", "width", "height"])) {
    face.style[side] = `${face.dataset[side]}%`;
  }
}

document.addEventListener("DOMContentLoaded", () => {
  document.querySelectorAll("[data-cards-url]").forEach((photos) => followPhotos(/** @type {HTMLElement} */ (photos)));
  document.querySelectorAll(".choose-face").forEach((face) => frameFace(/** @type {HTMLElement} */ (face)));
});
