// Lets what a change moves glide to its new place, so that eyes can follow.
// @ts-check

const HOW = "transform 240ms ease-out";
/** @type {WeakMap<HTMLElement, object>} the last change that moved each element */
const moved = new WeakMap();

/**
 * Only by transforms: from one frame to the next nothing jumps. They are style and no animation, because browsers count
 * it as a jump when a running animation is replaced.
 * @param {Iterable<Element>} elements those that may move
 * @param {() => void} change moves them
 */
export function glide(elements, change) {
  const all = /** @type {HTMLElement[]} */ ([...elements]);
  const before = all.map((element) => element.getBoundingClientRect());
  change();
  for (const element of all) Object.assign(element.style, { transition: "none", transform: "none" });
  const steps = all.map((element, index) => step(element, before[index]));
  const going = all.filter((element, index) => {
    if (element.style.transform !== steps[index]) element.style.transform = steps[index] ?? "none";
    return element.isConnected && steps[index] !== "none";
  });
  if (going.length) letGo(going);
}

/**
 * @param {HTMLElement} element
 * @param {DOMRect|undefined} before where it was
 * @returns {string} the transform that brings it back there
 */
function step(element, before) {
  const now = element.getBoundingClientRect();
  const x = (before?.left ?? 0) - now.left, y = (before?.top ?? 0) - now.top;
  return x || y ? `translate(${x}px, ${y}px)` : "none";
}

/** @param {HTMLElement[]} going painted once where they were; from there they go */
function letGo(going) {
  const change = {};
  for (const element of going) moved.set(element, change);
  requestAnimationFrame(() => requestAnimationFrame(() => {
    for (const element of going) {
      if (moved.get(element) === change) Object.assign(element.style, { transition: HOW, transform: "translate(0, 0)" });
    }
  }));
}
