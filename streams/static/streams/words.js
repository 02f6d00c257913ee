// Distances in words, as streams/explanations.py says them on pages that the server writes.

/**
 * @param {number|null} distance 0 to about 1.4, lower is closer
 * @param {number} limit distance within which a face gets a name
 */
export function distanceWords(distance, limit) {
  if (distance === null) return "nobody to compare with";
  const numbers = `(${distance.toFixed(2)}, limit ${limit.toFixed(2)})`;
  const share = distance / limit;
  if (share <= 0.7) return `very close ${numbers}`;
  if (share <= 1) return `close ${numbers}`;
  if (share <= 1.2) return `near, but too far for a name ${numbers}`;
  return `far from everybody enrolled ${numbers}`;
}
