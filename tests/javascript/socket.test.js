// The socket that comes back by itself: when, how soon, and when it may not.
// @ts-check

import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import { LiveSocket } from "../../streams/static/streams/socket.js";
import { NOON, openPage, pass } from "./page.js";

/** @typedef {import("node:test").TestContext} TestContext */

/** The browser's end of a connection; the test is the server. */
class ScriptedSocket {
  static OPEN = 1;
  /** @type {ScriptedSocket[]} */
  static made = [];
  readyState = 0;
  /** @type {object[]} */
  said = [];
  wasClosed = false;
  onopen = () => {};
  onmessage = (/** @type {{data: string|ArrayBuffer}} */ _) => {};
  onclose = (/** @type {{code: number}} */ _) => {};

  /** @param {URL} url */
  constructor(url) {
    this.url = String(url);
    ScriptedSocket.made.push(this);
  }

  /** @param {string} text */
  send(text) {
    this.said.push(JSON.parse(text));
  }

  close() {
    this.wasClosed = true;
  }

  open() {
    this.readyState = ScriptedSocket.OPEN;
    this.onopen();
  }

  greet() {
    this.open();
    this.say({ type: "hello", now: NOON, cameras: [], sightings: [] });
  }

  /** @param {object} message */
  say(message) {
    this.onmessage({ data: JSON.stringify(message) });
  }

  /** @param {number} code */
  lose(code) {
    this.readyState = 3;
    this.onclose({ code });
  }
}

/**
 * A page whose socket has begun to connect. Waits are as long as they get: half of each is left to chance.
 * @param {TestContext} t
 * @param {{type: string, status: number}|null} answer what the page's address answers by HTTP; null without a network
 */
function openSocket(t, answer = { type: "basic", status: 200 }) {
  openPage(t, "");
  t.mock.method(Math, "random", () => 1);
  t.mock.method(globalThis, "fetch", async () => answer ?? Promise.reject(new TypeError("no network")));
  Object.assign(globalThis, { WebSocket: ScriptedSocket });
  ScriptedSocket.made = [];
  /** @type {unknown[]} */
  const heard = [];
  const socket = new LiveSocket("/ws/dashboard/", {
    text: (message) => heard.push(message.type),
    binary: (message) => heard.push(message.byteLength),
    connection: (...state) => heard.push(state.join(" ")),
  });
  socket.connect();
  return { socket, heard };
}

/** The connection that was begun last. */
function newest() {
  return /** @type {ScriptedSocket} */ (ScriptedSocket.made.at(-1));
}

test("the socket is sought at the page's own host, encrypted as the page is", (t) => {
  openSocket(t);
  assert.equal(newest().url, "wss://site.example/ws/dashboard/");
});

test("it counts as open when the server greets", (t) => {
  const { heard } = openSocket(t);
  newest().open();
  assert.deepEqual(heard, ["connecting"]);
  newest().say({ type: "hello", now: NOON, cameras: [], sightings: [] });
  assert.deepEqual(heard, ["connecting", "open", "hello"]);
});

test("words and pictures go to those who asked for them", (t) => {
  const { heard } = openSocket(t);
  newest().greet();
  newest().onmessage({ data: new ArrayBuffer(7) });
  newest().say({ type: "sighting.gone", id: "1" });
  assert.deepEqual(heard.slice(-2), [7, "sighting.gone"]);
});

test("nothing is said to a socket that is not open", (t) => {
  const { socket } = openSocket(t);
  socket.send({ type: "ping" });
  assert.deepEqual(newest().said, []);
  newest().greet();
  socket.send({ type: "watch", cameras: ["hall"] });
  assert.deepEqual(newest().said, [{ type: "watch", cameras: ["hall"] }]);
});

test("a lost connection is tried again, each time after twice as long, up to 15 seconds", async (t) => {
  const { heard } = openSocket(t);
  newest().greet();
  for (const wait of [500, 1_000, 2_000, 4_000, 8_000, 15_000, 15_000]) {
    const before = ScriptedSocket.made.length;
    newest().open();
    newest().lose(1006);
    await turn();
    pass(t, wait - 1);
    assert.equal(ScriptedSocket.made.length, before, `tried before ${wait} ms`);
    pass(t, 1);
    assert.equal(ScriptedSocket.made.length, before + 1, `not tried after ${wait} ms`);
  }
  assert.equal(heard.at(-1), "waiting");
});

test("pages do not come back all at once: half of the wait is left to chance", async (t) => {
  openSocket(t);
  t.mock.method(Math, "random", () => 0);
  newest().greet();
  newest().lose(1006);
  await turn();
  pass(t, 250);
  assert.equal(ScriptedSocket.made.length, 2);
});

test("a greeting makes the next wait short again", async (t) => {
  openSocket(t);
  for (let failure = 0; failure < 4; failure += 1) {
    newest().lose(1006);
    await turn();
    pass(t, 15_000);
  }
  newest().greet();
  const before = ScriptedSocket.made.length;
  newest().lose(1006);
  await turn();
  pass(t, 500);
  assert.equal(ScriptedSocket.made.length, before + 1);
});

for (const [code, why] of /** @type {const} */ ([[4401, "login"], [4403, "forbidden"], [4404, "gone"]])) {
  test(`a socket that is closed with ${code} says ${why} and stays closed`, async (t) => {
    const { heard } = openSocket(t);
    newest().greet();
    newest().lose(code);
    await turn();
    pass(t, 60_000);
    assert.equal(heard.at(-1), `ended ${why}`);
    assert.equal(ScriptedSocket.made.length, 1);
  });
}

test("a refused socket asks the page's address whether the session has ended", async (t) => {
  const { heard } = openSocket(t, { type: "opaqueredirect", status: 0 });
  newest().lose(1006);
  await turn();
  assert.equal(heard.at(-1), "ended login");
});

test("a refused socket of a camera that was deleted stays closed", async (t) => {
  const { heard } = openSocket(t, { type: "basic", status: 404 });
  newest().lose(1006);
  await turn();
  assert.equal(heard.at(-1), "ended gone");
});

test("a refused socket is tried again when the page may still be seen, or there is no network", async (t) => {
  for (const answer of [{ type: "basic", status: 200 }, null]) {
    t.mock.timers.reset();
    openSocket(t, answer);
    newest().lose(1006);
    await turn();
    pass(t, 500);
    assert.equal(ScriptedSocket.made.length, 2);
  }
});

test("the server is pinged every five seconds", (t) => {
  openSocket(t);
  newest().greet();
  pass(t, 5_000);
  newest().say({ type: "pong", now: NOON });
  pass(t, 5_000);
  assert.deepEqual(newest().said, [{ type: "ping" }, { type: "ping" }]);
});

test("a server that is silent for more than twelve seconds is left for a new connection", async (t) => {
  const { heard } = openSocket(t);
  newest().greet();
  pass(t, 10_000);
  assert.equal(newest().wasClosed, false);
  pass(t, 5_000);
  await turn();
  assert.equal(ScriptedSocket.made[0]?.wasClosed, true);
  assert.equal(heard.at(-1), "waiting");
  pass(t, 500);
  assert.equal(ScriptedSocket.made.length, 2);
});

test("the end of a connection that was left counts for nothing", async (t) => {
  const { heard } = openSocket(t);
  newest().greet();
  pass(t, 15_000);
  await turn();
  pass(t, 500);
  newest().greet();
  ScriptedSocket.made[0]?.lose(4401);
  ScriptedSocket.made[0]?.say({ type: "camera.gone", camera: { slug: "hall", name: "Hall" } });
  await turn();
  assert.equal(heard.at(-1), "hello");
});

test("a wait ends when the network is back", async (t) => {
  openSocket(t);
  newest().greet();
  newest().lose(1006);
  await turn();
  window.dispatchEvent(new window.Event("online"));
  assert.equal(ScriptedSocket.made.length, 2);
});

test("a network that is back makes no second connection beside one that is open", (t) => {
  openSocket(t);
  newest().greet();
  window.dispatchEvent(new window.Event("online"));
  assert.equal(ScriptedSocket.made.length, 1);
});
