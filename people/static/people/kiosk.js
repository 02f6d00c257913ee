// A kiosk remembers its own address in this window, so that the page of a person's link finds back to it, and whose
// pages are over, so that the next person who goes back in the browser does not find the last one's.
// @ts-check

const KEY = "facesite-kiosk";
const OVER = "facesite-kiosk-over";

/** @returns {string | null} the path of the kiosk that this window is, if it is one */
export function kioskAddress() {
  const known = sessionStorage.getItem(KEY);
  return known?.startsWith("/kiosk/") ? known : null;
}

/** Leaves the page of this person's link for good. @param {string} kiosk */
export function leaveFor(kiosk) {
  sessionStorage.setItem(OVER, [...over(), linkOf(location.pathname)].join(" "));
  location.replace(kiosk);
}

/** @returns {boolean} whether the person of this page has left the kiosk */
export function isOver() {
  return over().includes(linkOf(location.pathname));
}

/** @returns {string[]} */
function over() {
  return (sessionStorage.getItem(OVER) ?? "").split(" ").filter(Boolean);
}

/** @param {string} path "/enrol/SECRET/withdraw/" @returns {string} "/enrol/SECRET" */
function linkOf(path) {
  return path.split("/").slice(0, 3).join("/");
}

if (document.querySelector("[data-kiosk]")) sessionStorage.setItem(KEY, location.pathname);
