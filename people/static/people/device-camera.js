// This device's camera: what it sees, as a frame to judge and as a photo to keep.
// @ts-check

/** Longest side of the frame that is judged, of the photo that is kept, and of the one that is shown small. */
const JUDGED_PX = 640;
const KEPT_PX = 1600;
const SHOWN_PX = 160;
const JUDGED_QUALITY = 0.8;
const KEPT_QUALITY = 0.92;

/** The camera cannot be used; `message` is for people. */
export class NoCamera extends Error {}

export class DeviceCamera {
  /** @type {MediaStream | null} */
  #stream = null;
  /** How often it was started or stopped: what the browser allows for an earlier start is let go at once. */
  #turn = 0;

  /** @param {HTMLVideoElement} video */
  constructor(video) {
    this.video = video;
  }

  /**
   * Ends a start before it, also one that the browser still asks about, as `stop` does.
   * @param {string} facing "user" or "environment"
   */
  async start(facing) {
    this.stop();
    const turn = this.#turn;
    if (!navigator.mediaDevices) {
      throw new NoCamera("This browser lets a page use the camera over https only. Choose a picture instead.");
    }
    try {
      const wanted = { facingMode: facing, width: { ideal: 1280 }, height: { ideal: 720 } };
      const stream = await navigator.mediaDevices.getUserMedia({ video: wanted, audio: false });
      if (turn !== this.#turn) return end(stream);
      this.#stream = stream;
    } catch (error) {
      const isRefused = error instanceof Error && error.name === "NotAllowedError";
      throw new NoCamera(isRefused ? "The browser was not allowed to use the camera." : "There is no camera that can be used.");
    }
    this.video.srcObject = this.#stream;
    await this.video.play();
  }

  stop() {
    this.#turn += 1;
    if (this.#stream) end(this.#stream);
    [this.#stream, this.video.srcObject] = [null, null];
  }

  /** @returns {HeldFrame} what the camera sees now */
  hold() {
    return new HeldFrame(this.video);
  }
}

/** @param {MediaStream} stream */
function end(stream) {
  stream.getTracks().forEach((track) => track.stop());
}

/** One moment: what is judged and what is kept are the same frame. */
export class HeldFrame {
  /** @param {HTMLVideoElement} video */
  constructor(video) {
    this.whole = drawn(video, video.videoWidth, video.videoHeight, KEPT_PX);
    this.small = drawn(this.whole, this.whole.width, this.whole.height, JUDGED_PX);
  }

  /** @returns {Promise<Blob>} a small JPEG */
  judged() {
    return jpeg(this.small, JUDGED_QUALITY);
  }

  /**
   * @param {string} name
   * @returns {Promise<File>} a photo
   */
  async kept(name) {
    return new File([await jpeg(this.whole, KEPT_QUALITY)], name, { type: "image/jpeg" });
  }

  /** @returns {HTMLCanvasElement} to be shown */
  shown() {
    return drawn(this.small, this.small.width, this.small.height, SHOWN_PX);
  }
}

/**
 * @param {CanvasImageSource} source
 * @param {number} width
 * @param {number} height
 * @param {number} longest side of the copy in pixels
 */
function drawn(source, width, height, longest) {
  const canvas = document.createElement("canvas");
  const scale = Math.min(1, longest / Math.max(width, height));
  canvas.width = Math.round(width * scale);
  canvas.height = Math.round(height * scale);
  /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d")).drawImage(source, 0, 0, canvas.width, canvas.height);
  return canvas;
}

/**
 * @param {HTMLCanvasElement} canvas
 * @param {number} quality
 * @returns {Promise<Blob>}
 */
function jpeg(canvas, quality) {
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("no picture could be made"))), "image/jpeg", quality);
  });
}
