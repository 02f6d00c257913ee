// Lets the links of a video's page jump to their moment in the player above, instead of opening the file by itself.
// @ts-check

/**
 * @param {HTMLVideoElement} player
 * @param {number} seconds
 */
export function playFrom(player, seconds) {
  player.currentTime = seconds;
  player.scrollIntoView({ block: "nearest" });
  player.play().catch(() => {}); // a browser may want a click on the player itself first
}

const player = document.querySelector("[data-player]");
if (player instanceof HTMLVideoElement) {
  document.addEventListener("click", (event) => {
    const link = event.target instanceof Element ? event.target.closest("[data-seconds]") : null;
    if (!(link instanceof HTMLElement)) return;
    event.preventDefault();
    playFrom(player, Number(link.dataset.seconds));
  });
}
