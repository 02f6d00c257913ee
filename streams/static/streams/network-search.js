// "Search the network" in the camera's form: lists the devices that a worker found, and fills the form with a stream.
// @ts-check

import { answerOf } from "./worker-answer.js";

/** @typedef {{name: string, codec: string, width_px: number, height_px: number, address: string, snapshot: string, readable: boolean, smaller: string}} Stream */
/** @typedef {{address: string, name: string, model: string, reason: string, streams: Stream[]}} Device */
/** @typedef {{username: string, password: string}} Login */

const NO_LOGIN = { username: "", password: "" };
/** @type {Record<string, string>} */
const CODECS = { H264: "H.264", H265: "H.265", JPEG: "MJPEG" };

class NetworkSearch {
  /** @param {HTMLElement} section is part of the camera's form */
  constructor(section) {
    this.url = section.dataset.url ?? "";
    this.device = /** @type {HTMLInputElement} */ (section.querySelector("[data-part=device]"));
    this.button = /** @type {HTMLButtonElement} */ (section.querySelector("[data-part=search]"));
    this.said = /** @type {HTMLElement} */ (section.querySelector("[role=status]"));
    this.list = /** @type {HTMLElement} */ (section.querySelector("ul"));
    this.form = /** @type {HTMLFormElement} */ (this.button.form);
    this.button.addEventListener("click", () => this.#search());
    onEnter(this.device, () => this.#search());
  }

  async #search() {
    const device = this.device.value.trim();
    const found = await this.#ask(device, NO_LOGIN);
    if (!found) return;
    this.list.replaceChildren(...found.map((each) => this.#item(each, NO_LOGIN)));
  }

  /**
   * @param {Device} device
   * @param {Login} login
   * @param {HTMLElement} item is replaced by what the device tells
   */
  async #askAgain(device, login, item) {
    const [told] = (await this.#ask(device.address, login)) ?? [];
    if (told) item.replaceWith(this.#item({ ...told, name: told.name || device.name, model: told.model || device.model }, login));
  }

  /**
   * @param {string} device its address; "" asks everybody
   * @param {Login} login
   * @returns {Promise<Device[]|undefined>} undefined if there is no answer, which is said
   */
  async #ask(device, login) {
    this.button.disabled = true;
    this.said.textContent = device ? `Asking ${device} …` : "Searching …";
    try {
      return await this.#answered(device, login);
    } catch {
      return void (this.said.textContent = "The site did not answer. Try again.");
    } finally {
      this.button.disabled = false;
    }
  }

  /**
   * @param {string} device
   * @param {Login} login
   * @returns {Promise<Device[]|undefined>}
   */
  async #answered(device, login) {
    const body = new FormData();
    for (const [name, value] of Object.entries({ device, ...login })) body.append(name, value);
    body.append("csrfmiddlewaretoken", this.#field("csrfmiddlewaretoken").value);
    const { search, reason } = await (await fetch(this.url, { method: "POST", body })).json();
    if (!search) return void (this.said.textContent = reason);
    const state = await answerOf(`${this.url}${search}/`, "search");
    if (!state.devices || state.reason) return void (this.said.textContent = state.reason);
    this.said.textContent = counted(state.devices.length, state.left_out);
    return state.devices;
  }

  /**
   * @param {Device} device
   * @param {Login} login with which it was asked
   */
  #item(device, login) {
    const item = document.createElement("li");
    const name = add(item, "strong", device.name || device.address);
    name.title = device.address;
    add(item, "span", [device.model, device.address].filter(Boolean).join(" · "));
    if (device.reason) add(item, "p", device.reason);
    if (device.streams.length) this.#offerStreams(item, device, login);
    else this.#offerLogin(item, device);
    return item;
  }

  /**
   * @param {HTMLElement} item
   * @param {Device} device
   * @param {Login} login
   */
  #offerStreams(item, device, login) {
    for (const stream of device.streams) {
      const row = add(item, "p", "");
      add(row, "span", described(stream));
      const of = `${stream.name} of ${device.name || device.address}`;
      if (stream.readable) this.#offer(row, "Use this stream", of, () => this.#choose(stream, stream.address, stream.smaller, login));
      if (stream.snapshot) this.#offer(row, "Use single pictures", of, () => this.#choose(stream, stream.snapshot, "", login));
    }
  }

  /**
   * @param {HTMLElement} row
   * @param {string} words
   * @param {string} of what, for those who do not see the row
   * @param {() => void} use
   */
  #offer(row, words, of, use) {
    const button = add(row, "button", words);
    button.className = "button";
    /** @type {HTMLButtonElement} */ (button).type = "button";
    button.setAttribute("aria-label", `${words}: ${of}`);
    button.addEventListener("click", use);
  }

  /**
   * @param {HTMLElement} item
   * @param {Device} device
   */
  #offerLogin(item, device) {
    const row = add(item, "p", "");
    const username = input(row, "User", "text", device.address);
    const password = input(row, "Password", "password", device.address);
    const ask = () => this.#askAgain(device, { username: username.value, password: password.value }, item);
    this.#offer(row, "Ask with this login", device.name || device.address, ask);
    for (const field of [username, password]) onEnter(field, ask);
  }

  /**
   * @param {Stream} stream
   * @param {string} source
   * @param {string} smaller address; "" for none
   * @param {Login} login
   */
  #choose(stream, source, smaller, login) {
    this.#fill("source", source);
    this.#fill("looking_source", smaller);
    if (login.username || login.password) {
      this.#fill("username", login.username);
      this.#fill("password", login.password);
    }
    const beside = smaller ? "with the smaller stream to look at" : "without a smaller stream";
    this.said.textContent = `Filled in: ${stream.name}, ${beside}. Test it below, then save.`;
  }

  /**
   * @param {string} name
   * @param {string} value
   */
  #fill(name, value) {
    const field = this.#field(name);
    field.value = value;
    for (const kind of ["input", "change"]) field.dispatchEvent(new Event(kind, { bubbles: true }));
  }

  /** @param {string} name */
  #field(name) {
    return /** @type {HTMLInputElement} */ (this.form.elements.namedItem(name));
  }
}

/** @param {Stream} stream */
function described(stream) {
  const size = stream.width_px && stream.height_px ? `${stream.width_px} × ${stream.height_px}` : "size unknown";
  const codec = CODECS[stream.codec] ?? (stream.codec || "codec unknown");
  return `${stream.name}: ${size}, ${codec}${stream.readable ? "" : " (cannot be read; set the camera to H.264)"}`;
}

/**
 * @param {number} found
 * @param {number} leftOut
 */
function counted(found, leftOut) {
  if (!found) return "No camera answered. If you know its address, write it above and search again.";
  const more = leftOut ? ` ${leftOut} more answered and are not shown.` : "";
  return `${found} ${found === 1 ? "device" : "devices"} found.${more}`;
}

/**
 * @param {HTMLElement} parent
 * @param {string} kind
 * @param {string} words
 */
function add(parent, kind, words) {
  const made = document.createElement(kind);
  made.textContent = words;
  parent.append(made);
  return made;
}

/**
 * A field that the form does not send.
 * @param {HTMLElement} row
 * @param {string} words
 * @param {string} type
 * @param {string} address of the device
 */
function input(row, words, type, address) {
  const label = add(row, "label", `${words} `);
  const field = /** @type {HTMLInputElement} */ (add(label, "input", ""));
  field.type = type;
  field.maxLength = 200;
  field.autocomplete = type === "password" ? "new-password" : "off";
  field.setAttribute("aria-label", `${words} of ${address}`);
  return field;
}

/**
 * Enter would save the camera.
 * @param {HTMLInputElement} field
 * @param {() => void} act
 */
function onEnter(field, act) {
  field.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    act();
  });
}

document.querySelectorAll(".network-search").forEach((section) => new NetworkSearch(/** @type {HTMLElement} */ (section)));
