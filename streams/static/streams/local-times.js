// Turns the times of a page that the server wrote into the visitor's own time zone.
// @ts-check

import { fullTime, localTime } from "./clock.js";

for (const time of /** @type {NodeListOf<HTMLTimeElement>} */ (document.querySelectorAll("time[datetime]"))) {
  time.textContent = localTime(time.dateTime);
  time.title = fullTime(time.dateTime);
}
