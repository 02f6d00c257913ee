// The server's time, as far as this page knows it: a visitor's clock may be minutes off.
// @ts-check

/** Milliseconds that the server is ahead of this machine. */
let offset = 0;

/** @param {string} serverNow ISO time out of a message that has just come */
export function setServerNow(serverNow) {
  const at = Date.parse(serverNow);
  if (!Number.isNaN(at)) offset = at - Date.now();
}

/** @returns {number} milliseconds since 1970 by the server's clock */
export function serverNow() {
  return Date.now() + offset;
}

const clock = new Intl.DateTimeFormat([], { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });
const day = new Intl.DateTimeFormat([], { day: "numeric", month: "short" });
const full = new Intl.DateTimeFormat([], { dateStyle: "full", timeStyle: "long" });

/**
 * Local time of day; with the day in front when that was not today.
 * @param {number|string} when milliseconds or ISO time
 */
export function localTime(when) {
  const date = new Date(when);
  const today = new Date(serverNow()).toDateString() === date.toDateString();
  return today ? clock.format(date) : `${day.format(date)}, ${clock.format(date)}`;
}

/** @param {number|string} when milliseconds or ISO time */
export function fullTime(when) {
  return full.format(new Date(when));
}
