// The live pages (dashboard and one camera): joins the socket with the cameras and the feed.
// @ts-check

import { AlertBanners } from "./alert-banner.js";
import { CameraGrid } from "./camera-grid.js";
import { siteTime, serverNow, setServerNow } from "./clock.js";
import { Feed } from "./feed.js";
import { unpackFrame } from "./frames.js";
import { offerFullScreen } from "./full-screen.js";
import { InView } from "./in-view.js";
import { LiveSocket } from "./socket.js";


/** @typedef {import("./messages.js").FromServer} FromServer */
/**
 * @template {FromServer["type"]} Type
 * @typedef {Extract<FromServer, {type: Type}>} Message
 */

/** @param {HTMLElement} root the element with data-live */
function start(root) {
  let connection = /** @type {HTMLElement} */ (root.querySelector("[data-connection]"));
  const list = /** @type {HTMLElement|null} */ (root.querySelector("[data-feed]"));
  const feed = list && new Feed(list); // not for those who may see cameras alone
  const told = /** @type {HTMLElement|null} */ (root.querySelector("[data-alert-banners]"));
  const banners = told && new AlertBanners(told); // not for those who may not see alerts
  const strip = /** @type {HTMLElement|null} */ (root.querySelector("[data-strip]"));
  const inView = strip && new InView(strip); // not for those who may not see who is here
  offerFullScreen(root);
  const groups = /** @type {HTMLFormElement|null} */ (root.querySelector("[data-choose-group]"));
  groups?.addEventListener("change", () => groups.requestSubmit());
  /** @type {number|null} when the connection was lost */
  let lostAt = null;
  const grid = new CameraGrid(root, (cameras) => socket.send({ type: "watch", cameras }));

  /** @type {{[Type in FromServer["type"]]: (message: Message<Type>) => void}} */
  const take = {
    hello(message) {
      setServerNow(message.now);
      grid.setOnline(true);
      grid.reset(message.cameras);
      feed?.reset(message.sightings);
      inView?.reset(message.in_view ?? []);
      banners?.reset(message.alerts ?? []);
      grid.askForPictures(true);
    },
    pong(message) { if (message.now) setServerNow(message.now); },
    "camera.state": (message) => grid.setState(message),
    "camera.gone": (message) => grid.remove(message.camera.slug),
    "sighting.gone": (message) => feed?.remove(message.id),
    presence: (message) => inView?.change(message.came, message.left),
    alert: (message) => banners?.put(message.alert),
    sighting: (message) => feed?.put(message.sighting, message.change === "started"),
  };

  const socket = new LiveSocket(root.dataset.socket ?? "", {
    text: (message) => /** @type {(message: FromServer) => void} */ (take[message.type])?.(message),
    binary: (message) => showFrame(grid, socket, message),
    connection(state, why) {
      if (state !== "open") {
        grid.setOnline(false);
        inView?.reset([]); // who was in view is no news any more
      }
      lostAt = state === "waiting" ? lostAt ?? serverNow() : null;
      // A new element: the same one would jump from its place to where it stands over the page, and back.
      const said = /** @type {HTMLElement} */ (connection.cloneNode(false));
      said.dataset.connection = state;
      said.replaceChildren(...(state === "ended" ? farewell(root, why) : [connectionWords(state, lostAt)]));
      connection.replaceWith(said);
      connection = said;
    },
  });
  socket.connect();
}

/**
 * Draw, then acknowledge: the server sends the newest frame only when the last one has been drawn.
 * @param {CameraGrid} grid
 * @param {LiveSocket} socket
 * @param {ArrayBuffer} message
 */
async function showFrame(grid, socket, message) {
  const { header, jpeg } = unpackFrame(message);
  try {
    await grid.view(header.camera)?.show(header, jpeg);
  } catch (error) {
    console.warn(`a frame of ${header.camera} could not be drawn`, error); // the next one may be whole
  }
  socket.send({ type: "ack", camera: header.camera, frame: header.frame });
}

/**
 * @param {string} state
 * @param {number|null} lostAt
 */
function connectionWords(state, lostAt) {
  if (lostAt !== null) return `Connection lost at ${siteTime(lostAt)}. Trying again…`;
  return state === "open" ? "Connected" : "Connecting…";
}

/**
 * @param {HTMLElement} root
 * @param {import("./socket.js").Farewell|undefined} why
 * @returns {(string|HTMLElement)[]}
 */
function farewell(root, why) {
  if (why === "forbidden") return ["Your account may not see this any more."];
  if (why === "gone") return ["This camera is not there any more."];
  const link = document.createElement("a");
  link.href = root.dataset.login ?? "";
  link.textContent = "Log in again";
  return ["Your session has ended. ", link];
}

const root = /** @type {HTMLElement|null} */ (document.querySelector("[data-live]"));
if (root) start(root);
