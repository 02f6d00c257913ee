// The cameras of a page: which there are, which are looked at, and whose frame goes where.
// @ts-check

import { CameraView } from "./camera-view.js";
import { Summary } from "./summary.js";

/** @typedef {import("./messages.js").CameraRef} CameraRef */
/** @typedef {import("./messages.js").CameraState} CameraState */

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
    this.noCameras = /** @type {HTMLElement|null} */ (root.querySelector("[data-no-cameras]"));
    this.template = /** @type {HTMLTemplateElement|null} */ (document.getElementById("camera-template"));
    this.summary = new Summary(/** @type {HTMLElement|null} */ (root.querySelector("[data-summary]")));
    this.observer = new IntersectionObserver((entries) => this.#seen(entries));
    for (const element of this.container.querySelectorAll("[data-camera]")) this.#adopt(element);
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
    const wasOff = view.state === "off";
    view.setState(state);
    if (wasOff !== (view.state === "off")) this.#place(view);
  }

  /** @param {string} slug */
  remove(slug) {
    const view = this.#views.get(slug);
    if (!view || !this.template) return; // a page of one camera keeps it: a new name is told as gone and come
    this.observer.unobserve(view.element);
    view.element.remove();
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

  /**
   * Cameras keep their places whatever happens to them; only those that are switched off stand behind the others.
   * @param {CameraView} moved
   */
  #place(moved) {
    if (!this.template) return;
    /** @param {CameraView} view */
    const isOff = (view) => Number(view.state === "off");
    /** @param {CameraView} view */
    const isBehind = (view) => isOff(view) - isOff(moved) || view.name.localeCompare(moved.name);
    const others = [...this.#views.values()].filter((view) => view !== moved);
    const behind = new Set(others.filter((view) => isBehind(view) > 0).map((view) => view.element));
    const next = [...this.container.children].find((element) => behind.has(/** @type {HTMLElement} */ (element)));
    this.container.insertBefore(moved.element, next ?? null);
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
    if (!this.template) return undefined; // a page of one camera
    const copy = /** @type {DocumentFragment} */ (this.template.content.cloneNode(true));
    const element = /** @type {HTMLElement} */ (copy.firstElementChild);
    element.dataset.camera = camera.slug;
    element.id = `camera-${camera.slug}`;
    const link = /** @type {HTMLAnchorElement} */ (element.querySelector("[data-name]"));
    link.textContent = camera.name;
    link.href = (this.template.dataset.url ?? "").replace("__slug__", encodeURIComponent(camera.slug));
    if (this.noCameras) this.noCameras.hidden = true;
    const view = this.#adopt(element);
    this.#place(view);
    return view;
  }
}
