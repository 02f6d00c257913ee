// The page of an import follows it: the parts that changed are replaced, until nothing can change any more.
// @ts-check

const SOON_MS = 1000;
/** Looked at as rarely as this when nothing moves, or the server is away. */
const RARELY_MS = 10000;

/** @param {HTMLElement} page has the parts of an import that is not over */
function followImport(page) {
  const url = /** @type {string} */ (page.dataset.importUrl);
  const summary = /** @type {HTMLElement} */ (page.querySelector("[data-summary]"));
  const trouble = /** @type {HTMLElement} */ (page.querySelector("[data-trouble]"));
  /** @type {Record<string, string>} what is shown of each part, as the server wrote it */
  const shown = {};
  let pause = SOON_MS;

  async function look() {
    let isOver = false;
    if (document.visibilityState === "visible") isOver = await refresh();
    if (!isOver) setTimeout(look, pause);
  }

  /** @returns {Promise<boolean>} whether the import is over */
  async function refresh() {
    try {
      const answer = await fetch(url, { headers: { Accept: "application/json" }, signal: AbortSignal.timeout(15000) });
      if (answer.redirected || answer.status === 403 || answer.status === 404) return gone();
      if (!answer.ok) throw new Error(String(answer.status));
      return show(await answer.json());
    } catch {
      trouble.textContent = "The server cannot be reached; trying again.";
      pause = Math.min(2 * pause, RARELY_MS);
      return false;
    }
  }

  /** @param {{parts: Record<string, string>, summary: string, is_over: boolean}} answer HTML, escaped by the server */
  function show({ parts, summary: words, is_over }) {
    trouble.textContent = "";
    const changed = Object.entries(parts).filter(([name, html]) => shown[name] !== html);
    for (const [name, html] of changed) replace(name, html);
    pause = changed.length ? SOON_MS : Math.min(1.5 * pause, RARELY_MS);
    if (summary.textContent !== words) summary.textContent = words;
    return is_over;
  }

  /** @param {string} name @param {string} html */
  function replace(name, html) {
    const part = /** @type {HTMLElement} */ (page.querySelector(`[data-part="${name}"]`));
    const focus = part.contains(document.activeElement) ? document.activeElement : null;
    part.replaceChildren(document.createRange().createContextualFragment(html));
    shown[name] = html;
    if (focus) same(part, focus)?.focus();
  }

  function gone() {
    trouble.textContent = "This page cannot show the progress any more: load it again.";
    return true;
  }

  look();
}

/**
 * The element that took the place of the one with the focus.
 * @param {HTMLElement} part @param {Element} old
 * @returns {HTMLElement | undefined}
 */
function same(part, old) {
  const like = /** @type {HTMLElement[]} */ ([...part.querySelectorAll(old.tagName)]);
  return like.find((each) => each.getAttribute("href") === old.getAttribute("href") && each.textContent === old.textContent);
}

document.addEventListener("DOMContentLoaded", () => {
  document.querySelectorAll("[data-import-url]").forEach((page) => followImport(/** @type {HTMLElement} */ (page)));
});
