// A page that the browser has kept whole, as for its back button, is asked for again: its user may have logged out.
// @ts-check
addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
