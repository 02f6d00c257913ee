// Waits for what a worker was asked for: the page asks the site for its state until it is done.
// @ts-check

const GIVE_UP_MS = 45_000;
const NOBODY_CAME_MS = 8_000;
const ASK_EVERY_MS = 400;

/**
 * @param {string} url where the state stands
 * @param {string} what a noun for sentences: "test", "search"
 * @returns {Promise<Record<string, any>>} its last state, or a reason why there is none
 */
export async function answerOf(url, what) {
  const began = performance.now();
  for (;;) {
    const state = await (await fetch(url)).json();
    const waited = performance.now() - began;
    if (state.state === "done") return state;
    if (state.state === "waiting" && waited > NOBODY_CAME_MS) return { reason: `No worker started the ${what}. Is one running?` };
    if (waited > GIVE_UP_MS) return { reason: `The ${what} did not end.` };
    await new Promise((resolve) => setTimeout(resolve, ASK_EVERY_MS));
  }
}
