// The pictures that are chosen but not saved yet: shown with what the site says of each, and taken out again.
// @ts-check

/** @typedef {{state: "waiting" | "good" | "doubt" | "bad" | "unknown", sentence: string, sha256?: string}} Verdict */
/** @typedef {{file: File, item: HTMLElement, state: string, sha256: string, url: string}} Chosen */
/**
 * @typedef {object} Ears
 * @property {(files: File[]) => void} kept hears of all files that are chosen now
 * @property {(file: File) => void} added hears of each new one
 * @property {(file: File) => void} removed hears of each that is taken out
 */

export class ChosenPhotos {
  /** @type {Chosen[]} */
  #chosen = [];
  /** What is said before the numbers, until pictures are chosen or taken out: verdicts come in the meantime. */
  #note = "";

  /**
   * @param {HTMLElement} root holds list, status and the template of an item
   * @param {Ears} ears
   */
  constructor(root, ears) {
    this.list = /** @type {HTMLElement} */ (root.querySelector("[data-chosen]"));
    this.said = /** @type {HTMLElement} */ (root.querySelector("[data-said]"));
    this.template = /** @type {HTMLTemplateElement} */ (root.querySelector("template"));
    this.most = Number(root.dataset.most);
    this.last = root.dataset.last;
    this.ears = ears;
  }

  get size() {
    return this.#chosen.length;
  }

  /**
   * @param {Iterable<File>} files are added to those that are chosen already
   * @param {string} [first] what is said before the numbers
   */
  add(files, first = "") {
    const fresh = [...files].filter((file) => !this.#chosen.some((chosen) => isSame(chosen.file, file)));
    const taken = fresh.slice(0, this.most - this.size);
    for (const file of taken) this.#show(file);
    this.#note = first + (taken.length < fresh.length ? `At most ${this.most} pictures can be saved at a time. ` : "");
    this.#changed();
    for (const file of taken) this.ears.added(file);
  }

  /** @param {File} file */
  remove(file) {
    const place = this.#chosen.findIndex((chosen) => chosen.file === file);
    const [gone] = place < 0 ? [] : this.#chosen.splice(place, 1);
    if (!gone) return;
    const hadFocus = gone.item.contains(document.activeElement);
    gone.item.remove();
    URL.revokeObjectURL(gone.url);
    this.#note = "";
    if (hadFocus) (this.#chosen[place] ?? this.#chosen.at(-1))?.item.querySelector("button")?.focus();
    this.#changed();
    this.ears.removed(file);
  }

  /**
   * @param {File} file that may have been taken out meanwhile
   * @param {Verdict} verdict
   */
  judge(file, { state, sentence, sha256 = "" }) {
    const judged = this.#chosen.find((chosen) => chosen.file === file);
    if (!judged) return;
    if (sha256 && this.#chosen.some((chosen) => chosen.sha256 === sha256)) {
      this.remove(file);
      this.#note = `“${file.name}” was chosen twice; one is left. `;
      return this.#changed();
    }
    Object.assign(judged, { state, sha256 });
    judged.item.dataset.state = state;
    /** @type {HTMLElement} */ (judged.item.querySelector("[data-verdict]")).textContent = sentence;
    this.#changed();
  }

  /** @param {File} file */
  #show(file) {
    const item = /** @type {HTMLElement} */ (this.template.content.firstElementChild?.cloneNode(true));
    const url = URL.createObjectURL(file);
    const picture = /** @type {HTMLImageElement} */ (item.querySelector("img"));
    picture.src = url;
    picture.addEventListener("error", () => picture.remove()); // HEIC, or no picture at all
    /** @type {HTMLElement} */ (item.querySelector("[data-name]")).textContent = file.name;
    const button = /** @type {HTMLButtonElement} */ (item.querySelector("button"));
    button.setAttribute("aria-label", `Take out ${file.name}`);
    button.addEventListener("click", () => this.remove(file));
    this.list.append(item);
    this.#chosen.push({ file, item, state: "waiting", sha256: "", url });
  }

  /** @param {string} words */
  say(words) {
    this.said.textContent = words;
  }

  #changed() {
    this.ears.kept(this.#chosen.map(({ file }) => file));
    this.say(this.#note + summary(this.#chosen.map(({ state }) => state), this.last));
  }
}

/**
 * @param {File} one
 * @param {File} other
 */
function isSame(one, other) {
  return one.name === other.name && one.size === other.size && one.lastModified === other.lastModified;
}

/**
 * What is said about all pictures together.
 * @param {string[]} states
 * @param {string} [last] what the button below does with them
 */
export function summary(states, last = "Save to add") {
  if (!states.length) return "";
  const count = (/** @type {string} */ state) => states.filter((each) => each === state).length;
  const chosen = states.length === 1 ? "1 picture is chosen" : `${states.length} pictures are chosen`;
  const parts = [[count("waiting"), "being looked at"], [count("bad"), "with a fault"], [count("doubt"), "to decide about"]];
  const told = parts.filter(([number]) => number).map(([number, words]) => `${number} ${words}`);
  return `${[chosen, ...told].join(", ")}. ${last} ${states.length === 1 ? "it" : "them"}.`;
}
