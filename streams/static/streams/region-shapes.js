// Regions as the camera's form writes them, one a line, and what becomes of them when the picture is turned.
// @ts-check

/** @typedef {[number, number]} Corner from the left and from the top of the upright picture, 0 to 1 */
/** @typedef {"look here"|"never keep"} Kind */
/** @typedef {{kind: Kind, name: string, corners: Corner[]}} Region */
/** @typedef {{turn: number, mirrored: boolean}} Lie how the picture is turned (degrees clockwise), then mirrored */

/** @type {Kind[]} */
export const KINDS = ["look here", "never keep"];

/**
 * @param {string} text lines such as "never keep | Window | 0.1 0.2, 0.4 0.2, 0.4 0.6"
 * @returns {Region[]|null} null if a line cannot be read: the server says which
 */
export function read(text) {
  const regions = text.split("\n").filter((line) => line.trim()).map(readLine);
  return regions.includes(null) ? null : /** @type {Region[]} */ (regions);
}

/**
 * @param {string} line
 * @returns {Region|null}
 */
function readLine(line) {
  const [kind, name, written] = line.split("|").map((part) => part.trim());
  const found = KINDS.find((known) => known === kind);
  const corners = (written ?? "").split(",").map((pair) => pair.trim().split(/\s+/).map(Number));
  const readable = corners.every((corner) => corner.length === 2 && corner.every(Number.isFinite));
  return found && readable ? { kind: found, name: name ?? "", corners: /** @type {Corner[]} */ (corners) } : null;
}

/** @param {Region[]} regions */
export function written(regions) {
  const lines = regions.map(({ kind, name, corners }) => {
    const said = name.replace(/[|\n]/g, " ").trim();
    return `${kind} | ${said} | ${corners.map((corner) => corner.join(" ")).join(", ")}`;
  });
  return lines.join("\n");
}

/**
 * @param {number} x
 * @param {number} y
 * @returns {Corner} within the picture, with four digits
 */
export function cornerAt(x, y) {
  return [digits(Math.min(1, Math.max(0, x))), digits(Math.min(1, Math.max(0, y)))];
}

/**
 * @param {Corner[]} corners in the picture as it lay before
 * @param {Lie} before
 * @param {Lie} after
 */
export function laid(corners, before, after) {
  const sent = before.mirrored ? mirrored(corners) : corners;
  const turned = turnedBy(sent, after.turn - before.turn);
  return after.mirrored ? mirrored(turned) : turned;
}

/**
 * Whether sides that are not neighbours cross or touch, or two corners are one. The server refuses such a region,
 * because what lies inside would be open.
 * @param {Corner[]} corners
 */
export function crossesItself(corners) {
  const sides = corners.map((corner, number) => [corner, corners[(number + 1) % corners.length] ?? corner]);
  return sides.some(([a, b], one) => same(a, b) || sides.some(([c, d], two) => {
    const apart = two - one;
    return apart > 1 && apart < sides.length - 1 && meet(a, b, c, d);
  }));
}

/** @param {number} fraction */
function digits(fraction) {
  return Math.round(fraction * 10_000) / 10_000;
}

/**
 * @param {Corner[]} corners
 * @returns {Corner[]}
 */
function mirrored(corners) {
  return corners.map(([x, y]) => [digits(1 - x), y]);
}

/**
 * @param {Corner[]} corners
 * @param {number} degrees clockwise
 * @returns {Corner[]}
 */
function turnedBy(corners, degrees) {
  const quarters = (((degrees / 90) % 4) + 4) % 4;
  let turned = corners;
  for (let done = 0; done < quarters; done += 1) turned = turned.map(([x, y]) => [digits(1 - y), x]);
  return turned;
}

/**
 * @param {Corner|undefined} a
 * @param {Corner|undefined} b
 */
function same(a, b) {
  return a?.[0] === b?.[0] && a?.[1] === b?.[1];
}

/**
 * @param {Corner|undefined} a
 * @param {Corner|undefined} b
 * @param {Corner|undefined} c
 * @param {Corner|undefined} d
 */
function meet(a, b, c, d) {
  if (!a || !b || !c || !d) return false;
  const [toC, toD, toA, toB] = [side(a, b, c), side(a, b, d), side(c, d, a), side(c, d, b)];
  if (toC !== toD && toA !== toB) return true;
  return [[toC, a, b, c], [toD, a, b, d], [toA, c, d, a], [toB, c, d, b]].some(
    ([turn, from, to, point]) => turn === 0 && between(/** @type {Corner} */ (from), /** @type {Corner} */ (to), /** @type {Corner} */ (point)),
  );
}

/**
 * @param {Corner} a
 * @param {Corner} b
 * @param {Corner} c
 */
function side(a, b, c) {
  const across = (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]);
  return Math.abs(across) < 1e-12 ? 0 : Math.sign(across);
}

/**
 * @param {Corner} a
 * @param {Corner} b
 * @param {Corner} c on their line
 */
function between(a, b, c) {
  return [0, 1].every((axis) => {
    const [low, high] = [a[axis] ?? 0, b[axis] ?? 0].sort((one, two) => one - two);
    return (low ?? 0) <= (c[axis] ?? 0) && (c[axis] ?? 0) <= (high ?? 0);
  });
}
