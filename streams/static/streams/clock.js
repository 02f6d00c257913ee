// Times as the server writes them (people/base/site_time.py): in the site's zone, with its name, 24 hours.
// @ts-check

/** Milliseconds that the server is ahead of this machine: a visitor's clock may be minutes off. */
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

/** @typedef {Record<"clock"|"day"|"fullDay"|"offset", Intl.DateTimeFormat>} Formats */
/** @type {Formats|undefined} */
let made;

/** @returns {Formats} of the site's zone, which the page names */
function formats() {
  made ??= {
    clock: inZone({ hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" }),
    day: inZone({ day: "numeric", month: "short" }),
    fullDay: inZone({ day: "numeric", month: "short", year: "numeric" }),
    offset: inZone({ timeZoneName: "longOffset" }),
  };
  return made;
}

/** @param {Intl.DateTimeFormatOptions} options */
function inZone(options) {
  try {
    return new Intl.DateTimeFormat("en-GB", { ...options, timeZone: document.documentElement.dataset.zone || "UTC" });
  } catch { // a zone that is newer than the browser: UTC, and named so
    return new Intl.DateTimeFormat("en-GB", { ...options, timeZone: "UTC" });
  }
}

/**
 * The zone's short name at that time. The page has them by offset, because browsers know few of them.
 * @param {Date} date
 */
function zoneName(date) {
  /** @type {Record<string, string>} */
  const names = JSON.parse(document.documentElement.dataset.zoneNames || "{}");
  const offset = formats().offset.formatToParts(date).find((part) => part.type === "timeZoneName")?.value ?? "GMT";
  const whole = offset === "GMT" ? "GMT+00:00" : offset; // browsers differ in how they write it
  return names[whole] ?? whole.replace("GMT+00:00", "UTC").replace("GMT", "UTC");
}

/** @param {string} date of which browsers write one month with four letters */
function short(date) {
  return date.replace("Sept", "Sep");
}

/**
 * Time of day, such as "14:03:22 CET"; with the day in front when that was not today.
 * @param {number|string} when milliseconds or ISO time
 */
export function siteTime(when) {
  const date = new Date(when), { clock, day } = formats();
  const time = `${clock.format(date)} ${zoneName(date)}`;
  return day.format(date) === day.format(serverNow()) ? time : `${short(day.format(date))}, ${time}`;
}

/** @param {number|string} when milliseconds or ISO time */
export function fullTime(when) {
  const date = new Date(when), { clock, fullDay } = formats();
  return `${short(fullDay.format(date))}, ${clock.format(date)} ${zoneName(date)}`;
}
