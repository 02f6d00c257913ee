// Why the site refused a request: in JSON from a view, as plain text from before one, or as the title of a page.
// @ts-check

/**
 * @param {Response} answer that is not read yet
 * @returns {Promise<string>} a sentence for people
 */
export async function reasonOf(answer) {
  const text = await answer.text();
  const kind = answer.headers.get("Content-Type") ?? "";
  if (kind.startsWith("application/json")) return JSON.parse(text).reason;
  if (kind.startsWith("text/plain")) return text.trim();
  const title = new DOMParser().parseFromString(text, "text/html").title.trim();
  return `The site answered “${title || answer.status}”.`;
}
