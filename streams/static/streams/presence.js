// The page of who is here: it looks again when the socket says that somebody came or left, but not under a hand.
// @ts-check

import { Hand } from "./hand.js";
import { LiveSocket } from "./socket.js";

// A shift that begins is told as a hundred changes within a minute: the page shows them together.
const SOONEST_MS = 2_000;
// What time alone changes: a guess that is one after four hours, a day that begins.
const LATEST_MS = 60_000;
// Without the socket, as for whoever may see no cameras.
const ALONE_MS = 10_000;
const LONGEST_MS = 8_000;

/** @param {HTMLElement} page the element with data-presence-page */
function start(page) {
  let isDue = false, isTold = false, lookedAt = performance.now(), isLooking = false;

  const lookAgain = async () => {
    const age = performance.now() - lookedAt;
    const isTime = age > (isTold ? LATEST_MS : ALONE_MS) || (isDue && age > SOONEST_MS);
    if (!isTime || isLooking || document.hidden || document.getSelection()?.toString()) return;
    isLooking = true;
    isDue = false; // what is told from now on may be missing in the answer
    await show(hand);
    lookedAt = performance.now();
    isLooking = false;
  };
  const hand = new Hand(page, lookAgain);

  if (!page.dataset.socket) return;
  new LiveSocket(page.dataset.socket, {
    text: (message) => { isDue ||= message.type === "presence" || message.type === "hello"; },
    binary: () => undefined,
    connection: (state) => { isTold = state === "open"; },
  }).connect();
}

/** @param {Hand} hand */
async function show(hand) {
  const part = document.querySelector("[data-presence]");
  try {
    const answer = await fetch(location.href, { signal: AbortSignal.timeout(LONGEST_MS) });
    if (!answer.ok || answer.redirected) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.querySelector("[data-presence]");
    if (fresh && !hand.isThere) part?.replaceWith(document.adoptNode(fresh));
  } catch (error) {
    console.warn("Looking again failed; the page says of which time it is.", error);
  }
}

const page = /** @type {HTMLElement | null} */ (document.querySelector("[data-presence-page]"));
if (page) start(page);
