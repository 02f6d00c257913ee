// A websocket that comes back by itself, and knows when it may not.
// @ts-check

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 15_000;
const PING_EVERY_MS = 5_000;
// A connection whose other end has vanished says nothing: two unanswered pings and a bit.
const SILENT_AFTER_MS = 12_000;

/** @typedef {import("./messages.js").FromServer} FromServer */
/** @typedef {import("./messages.js").FromBrowser} FromBrowser */
/** @typedef {"connecting"|"open"|"waiting"|"ended"} Connection */
/** @typedef {"login"|"forbidden"|"gone"} Farewell why it is no use to come back */

/** @type {Record<number, Farewell>} by close code, see streams/wire/shapes.py */
const FAREWELLS = { 4401: "login", 4403: "forbidden", 4404: "gone" };

export class LiveSocket {
  #path;
  #handlers;
  /** @type {WebSocket|null} */
  #socket = null;
  #failures = 0;
  #heardAt = 0;
  /** @type {ReturnType<typeof setTimeout>|undefined} of the next attempt, while one is waited for */
  #retry;
  /** @type {ReturnType<typeof setInterval>|undefined} */
  #ping;

  /**
   * @param {string} path
   * @param {{text: (message: FromServer) => void, binary: (message: ArrayBuffer) => void,
   *   connection: (state: Connection, why?: Farewell) => void}} handlers
   */
  constructor(path, handlers) {
    this.#path = path;
    this.#handlers = handlers;
    window.addEventListener("online", () => this.#hurry());
    document.addEventListener("visibilitychange", () => { if (!document.hidden) this.#hurry(); });
  }

  connect() {
    clearTimeout(this.#retry);
    this.#retry = undefined;
    this.#handlers.connection(this.#failures ? "waiting" : "connecting");
    const url = new URL(this.#path, location.href);
    url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
    const socket = new WebSocket(url);
    socket.binaryType = "arraybuffer";
    let opened = false;
    socket.onopen = () => { opened = true; this.#heard(); };
    socket.onmessage = ({ data }) => { if (socket === this.#socket) this.#take(data); };
    socket.onclose = ({ code }) => { if (socket === this.#socket) this.#lost(code, opened); };
    this.#socket = socket;
    this.#heard();
    clearInterval(this.#ping);
    this.#ping = setInterval(() => this.#check(), PING_EVERY_MS);
  }

  /** @param {FromBrowser} message */
  send(message) {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(message));
  }

  #heard() {
    this.#heardAt = performance.now();
  }

  /** @param {string|ArrayBuffer} data */
  #take(data) {
    this.#heard();
    if (typeof data !== "string") return this.#handlers.binary(data);
    const message = JSON.parse(data);
    if (message.type === "hello") {
      this.#failures = 0;
      this.#handlers.connection("open");
    }
    this.#handlers.text(message);
  }

  #check() {
    if (performance.now() - this.#heardAt > SILENT_AFTER_MS) {
      const socket = this.#socket;
      this.#lost(1006, true); // its own close event may take a minute; it is ignored when it comes
      socket?.close();
    } else {
      this.send({ type: "ping" });
    }
  }

  /**
   * @param {number} code
   * @param {boolean} opened
   */
  async #lost(code, opened) {
    this.#socket = null;
    clearInterval(this.#ping);
    this.#failures += 1;
    this.#handlers.connection("waiting");
    // A refused handshake tells a page no code: ask by HTTP whether it may still be seen.
    const farewell = FAREWELLS[code] ?? (opened ? undefined : await askByHttp());
    if (farewell) return this.#handlers.connection("ended", farewell);
    const wait = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (this.#failures - 1));
    this.#retry = setTimeout(() => this.connect(), wait * (0.5 + Math.random() / 2));
  }

  /** Try at once: the network is back, or somebody looks again. */
  #hurry() {
    if (this.#retry) this.connect();
  }
}

/** @returns {Promise<Farewell|undefined>} */
async function askByHttp() {
  try {
    const answer = await fetch(location.href, { method: "HEAD", redirect: "manual", cache: "no-store" });
    if (answer.type === "opaqueredirect") return "login";
    return answer.status === 404 ? "gone" : undefined;
  } catch {
    return undefined; // no network: that is no answer
  }
}
