// Suggests names of enrolled people while somebody types one; the page works without it.
// @ts-check

const PAUSE_MS = 200;

/**
 * @param {HTMLInputElement} field
 * @param {string} text
 * @returns {Promise<string[]>} names, each once; none when the API refuses
 */
async function namesLike(field, text) {
  const answer = await fetch(`${field.dataset.peopleNames}?search=${encodeURIComponent(text)}&retired=false&limit=10`, {
    headers: { accept: "application/json" },
  });
  if (!answer.ok) return [];
  const found = /** @type {{results: {name: string}[]}} */ (await answer.json());
  return [...new Set(found.results.map((person) => person.name))];
}

/** @param {HTMLInputElement} field */
function suggest(field) {
  let timer = 0;
  field.addEventListener("input", () => {
    clearTimeout(timer);
    const text = field.value.trim();
    if (!text) return;
    timer = setTimeout(async () => {
      const names = await namesLike(field, text);
      field.list?.replaceChildren(...names.map((name) => new Option(name)));
    }, PAUSE_MS);
  });
}

for (const field of /** @type {NodeListOf<HTMLInputElement>} */ (document.querySelectorAll("[data-people-names]"))) {
  suggest(field);
}
