// Sends this device's camera to the site: a JPEG at a time over a socket, the next when the last is acknowledged.
// @ts-check

/** @typedef {import("./messages.js").ToSender} ToSender */

export {}; // a module, as the page loads it: `stop` is a name of its own here and not the browser's

const root = /** @type {HTMLElement} */ (document.querySelector("[data-send]"));
const video = /** @type {HTMLVideoElement} */ (root.querySelector("video"));
const said = /** @type {HTMLElement} */ (root.querySelector("[data-said]"));
const start = /** @type {HTMLButtonElement} */ (root.querySelector("[data-start]"));
const stop = /** @type {HTMLButtonElement} */ (root.querySelector("[data-stop]"));
const device = /** @type {HTMLSelectElement} */ (root.querySelector("[data-device]"));
const canvas = document.createElement("canvas");

const QUALITY = 0.85;
const AGAIN_MS = 2_000;
const WITHOUT_PICTURE_MS = 50;
/** @type {Record<number, string>} why the server closed the socket, where trying again would not help */
const FINAL = {
  4400: "The site did not understand the pictures.",
  4401: "You are logged out.",
  4403: "You may not send to this camera any more.",
  4404: "This camera does not take pictures from browsers any more.",
};
const TAKEN = 4409;

/** @type {MediaStream | null} */
let stream = null;
/** @type {WebSocket | null} */
let socket = null;
let settings = { width_px: 960, every_ms: 100 };
let sent = 0;
let sentAt = 0;
/** @type {WakeLockSentinel | undefined} */
let awake;

const timer = new Worker(new URL("./send-timer.js", import.meta.url));
/** @type {Map<number, () => void>} what waits for the timer */
const waiting = new Map();
let timed = 0;
timer.addEventListener("message", ({ data }) => {
  waiting.get(data)?.();
  waiting.delete(data);
});

/**
 * Waits in the background, too: a page that nobody sees gets no animation frames, and timers once a second.
 * @param {number} ms
 * @returns {Promise<void>}
 */
function later(ms) {
  timed += 1;
  return new Promise((resolve) => {
    waiting.set(timed, resolve);
    timer.postMessage({ id: timed, ms });
  });
}

/** Keeps a phone's screen awake while it sends: a phone that sleeps films nothing. */
async function stayAwake() {
  if (!stream || document.hidden) return;
  awake = await navigator.wakeLock?.request("screen").catch(() => undefined);
  if (!stream) void awake?.release();
}

/** @param {string} text */
function say(text) {
  if (said.textContent !== text) said.textContent = text;
}

/** @returns {Promise<Blob|null>} a JPEG of what the camera sees now */
function picture() {
  const scale = Math.min(1, settings.width_px / Math.max(video.videoWidth, video.videoHeight));
  canvas.width = Math.round(video.videoWidth * scale);
  canvas.height = Math.round(video.videoHeight * scale);
  /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d")).drawImage(video, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", QUALITY));
}

/** @param {WebSocket} to */
async function sendNext(to) {
  const early = sentAt + settings.every_ms - performance.now();
  if (early > 0) await later(early);
  while (stream && to.readyState === WebSocket.OPEN && !video.videoWidth) await later(WITHOUT_PICTURE_MS);
  if (!stream || to.readyState !== WebSocket.OPEN) return;
  sentAt = performance.now();
  const jpeg = await picture();
  if (jpeg && to.readyState === WebSocket.OPEN) to.send(await jpeg.arrayBuffer());
}

function connect() {
  const opened = new WebSocket(root.dataset.send ?? "");
  socket = opened;
  opened.addEventListener("message", (event) => {
    const message = /** @type {ToSender} */ (JSON.parse(event.data));
    if (message.type === "send.welcome") settings = message;
    if (message.type === "send.ack") say(`Sending: ${(sent += 1)} pictures so far.`);
    void sendNext(opened);
  });
  opened.addEventListener("close", (event) => {
    if (!stream || socket !== opened) return;
    const reason = FINAL[event.code];
    if (reason) return end(reason);
    say(event.code === TAKEN ? "Another device sends to this camera. Waiting …" : "Connection lost. Trying again …");
    void later(AGAIN_MS).then(() => { if (stream && socket === opened) connect(); });
  });
}

async function begin() {
  if (!navigator.mediaDevices) return say("This browser lets a page use the camera over https only.");
  start.hidden = true;
  stop.hidden = false;
  say("Waiting for the camera …");
  try {
    const wanted = { facingMode: device.value, width: { ideal: 1280 }, height: { ideal: 720 } };
    stream = await navigator.mediaDevices.getUserMedia({ video: wanted, audio: false });
  } catch (error) {
    const refused = /** @type {Error} */ (error).name === "NotAllowedError";
    return end(refused ? "The browser was not allowed to use the camera." : "There is no camera that can be used.");
  }
  video.srcObject = stream;
  void stayAwake();
  say("Connecting …");
  connect();
}

/** @param {string} reason */
function end(reason) {
  stream?.getTracks().forEach((track) => track.stop());
  [stream, video.srcObject] = [null, null];
  void awake?.release();
  socket?.close();
  socket = null;
  start.hidden = false;
  stop.hidden = true;
  say(reason);
}

start.addEventListener("click", begin);
document.addEventListener("visibilitychange", () => void stayAwake());
stop.addEventListener("click", () => end("Stopped."));
device.addEventListener("change", () => {
  if (!stream) return;
  end("Changing the camera …");
  void begin();
});
