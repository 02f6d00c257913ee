// Distances and lengths of time in words, as streams/sightings/explanations.py says them on pages that the server writes.
// @ts-check

/**
 * Without a number: the sighting's page has those under Details.
 * @param {number|null} distance 0 to about 1.4, lower is closer
 * @param {number} limit distance within which a face gets a name
 * @param {boolean} [rounded] whether the distance is only the limit that it is within: match, review or 2
 */
export function distanceWords(distance, limit, rounded = false) {
  if (distance === null) return "nobody to compare with";
  const share = distance / limit;
  if (share <= 0.7 && !rounded) return "very close";
  if (share <= 1) return "close";
  return (rounded ? distance < 2 : share <= 1.2) ? "near, but too far for a name" : "far from everybody enrolled";
}

/** How sure a verdict is, as StoredVerdict says it. @type {Record<string, string>} */
export const SURENESS = { match: "certain", review: "likely", unknown: "" };

/**
 * @param {string} from ISO time
 * @param {string} to ISO time
 * @returns {string} such as "14 s", "3 min", "2 h 5 min"
 */
export function lastedWords(from, to) {
  const seconds = Math.max(1, Math.round((Date.parse(to) - Date.parse(from)) / 1000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
