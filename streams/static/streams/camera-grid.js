// The cameras of a page: which there are, which are looked at, and whose frame goes where.
// @ts-check

import { CameraView } from "./camera-view.js";
import { glide } from "./glide.js";
import { Hand } from "./hand.js";
import { Summary } from "./summary.js";

/** @typedef {import("./messages.js").CameraRef} CameraRef */
/** @typedef {import("./messages.js").CameraState} CameraState */

/** Without a picture a camera is one line, as streams/pages/tiles.py has it, until it has one again. */
const PICTURELESS = new Set(["down", "off", "asleep", "ended"]);
const PICTURED = new Set(["live", "late", "stalled"]);

export class CameraGrid {
  /** @type {Map<string, CameraView>} */
  #views = new Map();
  /** @type {Set<string>} slugs of cameras that are on the screen */
  #visible = new Set();
  #online = false;
  #asked = "";

  /**
   * @param {HTMLElement} root
   * @param {(slugs: string[]) => void} watch called with the cameras whose pictures are wanted, when they change
   */
  constructor(root, watch) {
    this.watch = watch;
    this.container = /** @type {HTMLElement} */ (root.querySelector("[data-cameras]"));
    this.lines = /** @type {HTMLElement|null} */ (root.querySelector("[data-camera-lines]")); // null: one camera
    this.noCameras = /** @type {HTMLElement|null} */ (root.querySelector("[data-no-cameras]"));
    this.template = /** @type {HTMLTemplateElement|null} */ (document.getElementById("camera-template"));
    this.summary = new Summary(/** @type {HTMLElement|null} */ (root.querySelector("[data-summary]")));
    this.observer = new IntersectionObserver((entries) => this.#seen(entries));
    for (const element of this.#elements()) this.#adopt(element);
    if (this.lines) this.hand = new Hand(/** @type {HTMLElement} */ (this.container.parentElement), () => this.#place());
    document.addEventListener("visibilitychange", () => this.askForPictures());
    setInterval(() => this.#refresh(), 250);
  }

  /** @param {CameraState[]} states every camera that there is */
  reset(states) {
    const there = new Set(states.map((state) => state.camera.slug));
    for (const slug of [...this.#views.keys()]) if (!there.has(slug)) this.remove(slug);
    for (const state of states) this.setState(state);
  }

  /** @param {CameraState} state */
  setState(state) {
    const view = this.#views.get(state.camera.slug) ?? this.#add(state.camera);
    if (!view) return;
    view.setState(state);
    if (!this.hand?.isThere) this.#place();
  }

  /** @param {string} slug */
  remove(slug) {
    const view = this.#views.get(slug);
    if (!view || !this.template) return; // a page of one camera keeps it: a new name is told as gone and come
    this.observer.unobserve(view.element);
    glide(this.#movable(), () => view.element.remove());
    this.#views.delete(slug);
    this.#visible.delete(slug);
    if (this.noCameras) this.noCameras.hidden = this.#views.size > 0;
  }

  /** @param {string} slug */
  view(slug) {
    return this.#views.get(slug);
  }

  /** @param {boolean} online */
  setOnline(online) {
    this.#online = online;
    for (const view of this.#views.values()) view.setOnline(online);
  }

  /**
   * Only what is on the screen, and nothing while the tab is hidden.
   * @param {boolean} anew to a server that has not been told yet
   */
  askForPictures(anew = false) {
    const wanted = document.hidden ? [] : [...this.#visible].sort();
    if (!anew && wanted.join() === this.#asked) return;
    this.#asked = wanted.join();
    for (const [slug, view] of this.#views) view.setWatched(wanted.includes(slug));
    this.watch(wanted);
  }

  #refresh() {
    for (const view of this.#views.values()) view.refresh();
    this.summary.show(this.#online ? [...this.#views.values()] : []);
  }

  /** Cameras keep their places; only those that lost or found their picture go. Not under somebody's hand. */
  #place() {
    const gone = [...this.#views.values()].filter((view) => this.#home(view) !== view.element.parentElement);
    if (gone.length) glide(this.#movable(), () => gone.forEach((view) => this.#insert(view, this.#home(view))));
  }

  /**
   * Where a camera belongs. One that tries to connect stays where it is: it may fail again in a moment.
   * @param {CameraView} view
   */
  #home(view) {
    if (!this.lines || PICTURED.has(view.state)) return this.container;
    return PICTURELESS.has(view.state) ? this.lines : view.element.parentElement ?? this.container;
  }

  /**
   * By its rank, which the page's user has chosen; cameras without one stand behind, by name.
   * @param {CameraView} moved
   * @param {HTMLElement} home
   */
  #insert(moved, home) {
    /** @param {CameraView} view */
    const isBehind = (view) => view.rank > moved.rank || (view.rank === moved.rank && view.name.localeCompare(moved.name) > 0);
    const others = [...this.#views.values()].filter((view) => view !== moved && view.element.parentElement === home);
    const behind = new Set(others.filter(isBehind).map((view) => view.element));
    const next = [...home.children].find((element) => behind.has(/** @type {HTMLElement} */ (element)));
    home.insertBefore(moved.element, next ?? null);
  }

  /** Cameras, and what stands below them: it moves with them. */
  #movable() {
    const parts = this.lines?.parentElement?.children ?? [];
    const below = [...parts].filter((part) => part !== this.container && part !== this.lines);
    return [...this.#elements(), ...below, ...document.querySelectorAll("[data-feed]")];
  }

  /** @returns {HTMLElement[]} */
  #elements() {
    const places = this.lines ? [this.container, this.lines] : [this.container];
    return places.flatMap((place) => /** @type {HTMLElement[]} */ ([...place.querySelectorAll("[data-camera]")]));
  }

  /** @param {IntersectionObserverEntry[]} entries */
  #seen(entries) {
    for (const { target, isIntersecting } of entries) {
      const slug = /** @type {HTMLElement} */ (target).dataset.camera ?? "";
      if (isIntersecting && this.#views.has(slug)) this.#visible.add(slug);
      else this.#visible.delete(slug);
    }
    this.askForPictures();
  }

  /** @param {Element} element */
  #adopt(element) {
    const view = new CameraView(/** @type {HTMLElement} */ (element));
    view.setOnline(this.#online);
    this.#views.set(view.slug, view);
    this.observer.observe(element);
    return view;
  }

  /** @param {CameraRef} camera one that came while the page was open */
  #add(camera) {
    // A page of one camera, or one whose user has chosen which cameras it shows.
    if (!this.template || "chosen" in this.container.dataset) return undefined;
    const copy = /** @type {DocumentFragment} */ (this.template.content.cloneNode(true));
    const element = /** @type {HTMLElement} */ (copy.firstElementChild);
    element.dataset.camera = camera.slug;
    element.id = `camera-${camera.slug}`;
    const link = /** @type {HTMLAnchorElement} */ (element.querySelector("[data-name]"));
    link.textContent = camera.name;
    link.href = (this.template.dataset.url ?? "").replace("__slug__", encodeURIComponent(camera.slug));
    if (this.noCameras) this.noCameras.hidden = true;
    const view = this.#adopt(element);
    glide(this.#movable(), () => this.#insert(view, this.container));
    return view;
  }
}
