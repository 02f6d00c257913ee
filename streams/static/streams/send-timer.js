// A timer in a worker of its own: browsers slow down the timers of a page that lies behind another, but not these.
// @ts-check

self.addEventListener("message", (event) => {
  const { id, ms } = /** @type {{id: number, ms: number}} */ (event.data);
  setTimeout(() => self.postMessage(id), ms);
});
