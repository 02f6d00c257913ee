// Turns the times of a page that the server wrote into the visitor's own time zone.

import { fullTime, localTime } from "./clock.js";

for (const time of document.querySelectorAll("time[datetime]")) {
  time.textContent = localTime(time.dateTime);
  time.title = fullTime(time.dateTime);
}
