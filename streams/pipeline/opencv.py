"""The one place that opens OpenCV captures: time limits, allowed protocols, and silence on stderr."""

from __future__ import annotations

import os
from threading import Lock
from typing import cast

import cv2

from people.recognition.types import Image

# FFmpeg writes addresses with their passwords to stderr; the reasons that we show are found without it.
os.environ.setdefault("OPENCV_FFMPEG_LOGLEVEL", "-8")  # AV_LOG_QUIET; read once, at the first capture
cv2.utils.logging.setLogLevel(0)

_FILE_OPTIONS = (
    # No playlists: their entries would be opened too, wherever they lie.
    "protocol_whitelist;file"
    "|format_whitelist;mov,mp4,m4a,3gp,3g2,mj2,avi,matroska,webm,mpegts,mpeg,mpegvideo,flv,ogg,asf,gif,mjpeg"
)
_NETWORK_OPTIONS = (
    "protocol_whitelist;rtsp,rtsps,rtp,udp,srtp,tcp,tls,http,https,httpproxy,crypto,data|rtsp_transport;tcp"
)
_opening = Lock()


def open_file(path: str) -> cv2.VideoCapture:
    return _open(path, _FILE_OPTIONS, [])


def open_address(address: str, open_timeout_s: float, read_timeout_s: float) -> cv2.VideoCapture:
    # Only the constructor's list sets these: `set` before `open` is refused, and the default is 30 s.
    limits = [
        cv2.CAP_PROP_OPEN_TIMEOUT_MSEC,
        round(open_timeout_s * 1000),
        cv2.CAP_PROP_READ_TIMEOUT_MSEC,
        round(read_timeout_s * 1000),
    ]
    return _open(address, _NETWORK_OPTIONS, limits)


def open_device(index: int) -> cv2.VideoCapture:
    return cv2.VideoCapture(index, cv2.CAP_V4L2)


def retrieve_rgb(capture: cv2.VideoCapture) -> Image | None:
    """The picture grabbed last as RGB, or None when it cannot be decoded."""
    done, image = capture.retrieve()
    if not done or image is None or image.size == 0:
        return None
    if image.ndim == 2:
        return cast(Image, cv2.cvtColor(image, cv2.COLOR_GRAY2RGB))
    return cast(Image, cv2.cvtColor(image, cv2.COLOR_BGR2RGB))


def _open(name: str, options: str, limits: list[int]) -> cv2.VideoCapture:
    with _opening:  # the options travel in the environment, the only way that OpenCV has for them
        os.environ["OPENCV_FFMPEG_CAPTURE_OPTIONS"] = options
        return cv2.VideoCapture(name, cv2.CAP_FFMPEG, limits)
