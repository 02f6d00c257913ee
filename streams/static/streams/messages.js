// What crosses the socket: the JavaScript side of streams/wire/shapes.py, which describes every field. The types are
// written by tests/javascript/typedefs.py.
// @ts-check

/**
 * @typedef {"match"|"review"|"unknown"} VerdictName
 * @typedef {"started"|"updated"|"ended"|"corrected"} ChangeName
 * @typedef {"off"|"asleep"|"waiting"|"connecting"|"live"|"stalled"|"down"|"ended"} StateName
 * @typedef {{id: string, name: string}} PersonRef
 * @typedef {{slug: string, name: string}} CameraRef
 * @typedef {{type: "camera.state", camera: CameraRef, state: StateName, reason: string, last_frame_at: string|null,
 *   frame_age_ms: number|null, fps_read: number|null, fps_analysed: number|null, width_px: number|null,
 *   height_px: number|null, at: string}} CameraState
 * @typedef {{id: string, camera: CameraRef, verdict: VerdictName, person: PersonRef|null, stranger: string|null,
 *   first_seen_at: string, last_seen_at: string, ended_at: string|null, distance: number|null, match_threshold: number,
 *   review_threshold: number, margin: number|null, gallery_version: number, look_closer: boolean, no_face: boolean,
 *   edit: number|null, edited: string|null, snapshot_url: string|null, url: string, withheld: boolean,
 *   rounded: boolean}} SightingRecord
 * @typedef {{type: "sighting", change: ChangeName, sighting: SightingRecord, captured_at: string, delay_ms: number}}
 *   SightingEvent
 * @typedef {{type: "sighting.gone", id: string}} SightingGone
 * @typedef {{key: string, verdict: VerdictName, person: PersonRef|null, stranger: string|null, cameras: CameraRef[],
 *   since: string, snapshot_url: string|null, url: string}} PresentRecord
 * @typedef {{type: "presence", came: PresentRecord[], left: string[]}} PresenceEvent
 * @typedef {{type: "hello", now: string, cameras: CameraState[], sightings: SightingRecord[],
 *   in_view: PresentRecord[]|null, alerts: AlertRecord[]|null}} Hello
 * @typedef {{id: string, rule: string, said: string, severity: "info"|"warning"|"alarm",
 *   state: "new"|"acknowledged"|"second"|"closed", camera: CameraRef|null, raised_at: string, captured_at: string,
 *   url: string}} AlertRecord
 * @typedef {{type: "alert", alert: AlertRecord}} AlertEvent
 * @typedef {{type: "camera.gone", camera: CameraRef}} CameraGone
 * @typedef {"match"|"review"|"unknown"|"pending"|"withheld"} DrawnVerdict
 * @typedef {{track: number, box: [number, number, number, number], verdict: DrawnVerdict, person: PersonRef|null,
 *   stranger: string|null, distance: number|null}} FaceOverlay
 * @typedef {{type: "frame", camera: string, frame: number, captured_at: string, delay_ms: number, width_px: number,
 *   height_px: number, old_after_ms: number, faces: FaceOverlay[]}} FrameHeader
 * @typedef {{type: "watch", cameras: string[]}} Watch
 * @typedef {{type: "ack", camera: string, frame: number}} Ack
 * @typedef {{type: "ping"}} Ping
 * @typedef {{type: "pong", now?: string}} Pong
 * @typedef {{type: "send.welcome", width_px: number, every_ms: number}} SendWelcome
 * @typedef {{type: "send.ack"}} SendAck
 * @typedef {Hello|CameraState|SightingEvent|SightingGone|PresenceEvent|AlertEvent|CameraGone|Pong} FromServer
 * @typedef {Watch|Ack|Ping} FromBrowser
 * @typedef {SendWelcome|SendAck} ToSender
 */

export {};
