// @ts-check
/* The page of who is here looks again by itself, but not under somebody's hand. */

const EVERY_MS = 10_000;
const LONGEST_MS = 8_000;

/** @returns {HTMLElement | null} */
const shown = () => document.querySelector("[data-presence]");

/** @param {HTMLElement} part */
const isInUse = (part) => part.matches(":hover, :focus-within") || Boolean(document.getSelection()?.toString());

async function lookAgain() {
  const part = shown();
  if (!part || document.hidden || isInUse(part)) return;
  try {
    const answer = await fetch(location.href, { signal: AbortSignal.timeout(LONGEST_MS) });
    if (!answer.ok || answer.redirected) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.querySelector("[data-presence]");
    if (fresh && !isInUse(part)) part.replaceWith(document.adoptNode(fresh));
  } catch (error) {
    console.warn("Looking again failed; the page says of which time it is.", error);
  }
}

if (shown()) setInterval(lookAgain, EVERY_MS);

export {};
