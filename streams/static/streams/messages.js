// What crosses the socket: the JavaScript side of streams/wire/shapes.py, which describes every field.

/**
 * @typedef {{id: string, name: string}} PersonRef
 * @typedef {{slug: string, name: string}} CameraRef
 * @typedef {"match"|"review"|"unknown"} Verdict
 * @typedef {{type: "camera.state", camera: CameraRef, state: string, reason: string, last_frame_at: string|null,
 *   frame_age_ms: number|null, fps_read: number|null, fps_analysed: number|null, width_px: number|null,
 *   height_px: number|null, at: string}} CameraState
 * @typedef {{id: string, camera: CameraRef, verdict: Verdict, person: PersonRef|null, first_seen_at: string,
 *   last_seen_at: string, ended_at: string|null, distance: number|null, match_threshold: number,
 *   margin: number|null, gallery_version: number, snapshot_url: string|null, url: string, withheld: boolean}} SightingRecord
 * @typedef {{track: number, box: [number, number, number, number], verdict: Verdict|"pending"|"withheld",
 *   person: PersonRef|null, distance: number|null}} FaceOverlay
 * @typedef {{type: "frame", camera: string, frame: number, captured_at: string, delay_ms: number,
 *   width_px: number, height_px: number, old_after_ms: number, faces: FaceOverlay[]}} FrameHeader
 */

/**
 * Split a binary message: 4 bytes big-endian length, header in JSON, JPEG.
 * @param {ArrayBuffer} message
 * @returns {{header: FrameHeader, jpeg: Blob}}
 */
export function unpackFrame(message) {
  const length = new DataView(message).getUint32(0);
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(message, 4, length)));
  return { header, jpeg: new Blob([new Uint8Array(message, 4 + length)], { type: "image/jpeg" }) };
}
