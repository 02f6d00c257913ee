// Draws one frame and, over that very frame, the boxes and names that belong to it.
// @ts-check

/** @typedef {import("./messages.js").FaceOverlay} FaceOverlay */
/** @typedef {import("./messages.js").FrameHeader} FrameHeader */

// On a picture, not on the page: the same in dark and light. Text on colour has a contrast of 7 and more.
const STYLES = {
  match: { colour: "#3ddc84", text: "#04210f", dash: [] },
  review: { colour: "#ffbf3f", text: "#2a1a00", dash: [10, 5] },
  unknown: { colour: "#c3ccd2", text: "#11181c", dash: [3, 4] },
  pending: { colour: "#c3ccd2", text: "#11181c", dash: [1, 6] },
  withheld: { colour: "#9aa5ad", text: "#11181c", dash: [] },
};
const LABELS = { usual: { font: 15, height: 24, padding: 7 }, small: { font: 12, height: 18, padding: 4 } };
/** A picture narrower than this, one of many, gets smaller letters: a name must not hide the people beside it. */
const SMALL_BELOW_PX = 300;

/**
 * What stands at a face; nothing at somebody whom the viewer may not know. The sign before the name says the
 * outcome without colour.
 * @param {FaceOverlay} face
 */
export function labelOf(face) {
  if (face.verdict === "match") return `✓ ${face.person?.name ?? ""}`;
  if (face.verdict === "review") return `${face.person?.name ?? ""}?`;
  if (face.verdict === "withheld") return "";
  return face.verdict === "unknown" ? face.stranger ?? "unknown" : "…";
}

/**
 * Draw the frame as large as the canvas allows, in the screen's own pixels.
 * @param {HTMLCanvasElement} canvas
 * @param {ImageBitmap} picture
 * @param {FrameHeader} header
 */
export function drawFrame(canvas, picture, header) {
  const ratio = window.devicePixelRatio || 1;
  const width = Math.round(canvas.clientWidth * ratio);
  const height = Math.round(canvas.clientHeight * ratio);
  if (!width || !height) return;
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  const scale = Math.min(canvas.clientWidth / header.width_px, canvas.clientHeight / header.height_px);
  const area = {
    left: (canvas.clientWidth - header.width_px * scale) / 2,
    top: (canvas.clientHeight - header.height_px * scale) / 2,
    width: header.width_px * scale,
    height: header.height_px * scale,
  };
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, canvas.clientWidth, canvas.clientHeight);
  context.imageSmoothingQuality = "high";
  context.drawImage(picture, area.left, area.top, area.width, area.height);
  const boxes = header.faces.map((face) => ({ face, box: placed(face.box, area, scale) }));
  for (const { face, box } of boxes) drawBox(context, face, box);
  /** @type {Area[]} */
  const labels = [];
  for (const { face, box } of boxes) drawLabel(context, face, box, area, labels); // over every box
}

/** @typedef {{left: number, top: number, width: number, height: number}} Area */

/**
 * @param {[number, number, number, number]} box
 * @param {Area} area
 * @param {number} scale
 * @returns {Area} in CSS pixels, cut off at the picture's edge
 */
function placed([left, top, right, bottom], area, scale) {
  const x = Math.max(0, left * scale);
  const y = Math.max(0, top * scale);
  return {
    left: area.left + x,
    top: area.top + y,
    width: Math.min(area.width, right * scale) - x,
    height: Math.min(area.height, bottom * scale) - y,
  };
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {FaceOverlay} face
 * @param {Area} box
 */
function drawBox(context, face, box) {
  const style = STYLES[face.verdict] ?? STYLES.unknown;
  context.setLineDash([]);
  context.lineWidth = 5;
  context.strokeStyle = "rgb(0 0 0 / 55%)"; // an edge that shows on a bright picture
  context.strokeRect(box.left, box.top, box.width, box.height);
  context.setLineDash(style.dash);
  context.lineWidth = 3;
  context.strokeStyle = style.colour;
  context.strokeRect(box.left, box.top, box.width, box.height);
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {FaceOverlay} face
 * @param {Area} box
 * @param {Area} area
 * @param {Area[]} labels that are drawn already; this one is added
 */
function drawLabel(context, face, box, area, labels) {
  const label = labelOf(face);
  if (!label) return;
  const style = STYLES[face.verdict] ?? STYLES.unknown;
  const { font, height, padding } = area.width < SMALL_BELOW_PX ? LABELS.small : LABELS.usual;
  context.font = `600 ${font}px system-ui, "Liberation Sans", sans-serif`;
  const text = shortened(context, label, area.width - 2 * padding);
  const width = context.measureText(text).width + 2 * padding;
  const left = Math.min(Math.max(box.left - 1.5, area.left), area.left + area.width - width);
  const top = topOf({ left, width, height }, box, area, labels);
  labels.push({ left, top, width, height });
  context.fillStyle = style.colour;
  context.fillRect(left, top, width, height);
  context.fillStyle = style.text;
  context.textBaseline = "middle";
  context.fillText(text, left + padding, top + height / 2 + 1);
}

/**
 * Above the box, or inside it where there is no room; below it or a line farther away if somebody else's label stands
 * there. Never outside the picture.
 * @param {{left: number, width: number, height: number}} label
 * @param {Area} box
 * @param {Area} area
 * @param {Area[]} others
 */
function topOf(label, box, area, others) {
  const lowest = area.top + area.height - label.height;
  const [above, below] = [box.top - label.height, box.top + box.height];
  const usual = Math.min(above >= area.top ? above : box.top, lowest);
  const places = [usual, below, above - label.height, below + label.height].filter((top) => top >= area.top && top <= lowest);
  return places.find((top) => !others.some((other) => overlap({ ...label, top }, other))) ?? usual;
}

/**
 * @param {Area} one
 * @param {Area} other
 */
function overlap(one, other) {
  const across = one.left < other.left + other.width && other.left < one.left + one.width;
  return across && one.top < other.top + other.height && other.top < one.top + one.height;
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {string} text
 * @param {number} room
 */
function shortened(context, text, room) {
  if (context.measureText(text).width <= room) return text;
  const letters = [...text];
  while (letters.length > 1 && context.measureText(`${letters.join("")}…`).width > room) letters.pop();
  return `${letters.join("")}…`;
}
