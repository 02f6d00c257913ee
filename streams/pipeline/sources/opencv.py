"""The one place that opens OpenCV captures, with time limits, allowed protocols and nothing on stderr."""

from __future__ import annotations

import os
from threading import Lock
from typing import cast

import cv2

from people.recognition.types import Image
from streams.pipeline.errors import SourceDown
from streams.pipeline.reasons import Reason

# FFmpeg writes addresses with their passwords to stderr; we find the reasons that we show without it.
os.environ.setdefault("OPENCV_FFMPEG_LOGLEVEL", "-8")  # AV_LOG_QUIET; read once, at the first capture
cv2.utils.logging.setLogLevel(0)

_FILE_OPTIONS = (
    # No playlists: FFmpeg would open their entries too, wherever they lie.
    "protocol_whitelist;file"
    "|format_whitelist;mov,mp4,m4a,3gp,3g2,mj2,avi,matroska,webm,mpegts,mpeg,mpegvideo,flv,ogg,asf,gif,mjpeg"
)
_RTSP_OPTIONS = "protocol_whitelist;rtsp,tcp|format_whitelist;rtsp|rtsp_transport;tcp"
_HTTP_OPTIONS = (
    "protocol_whitelist;http,https,httpproxy,tcp,tls,crypto,data"
    # HLS is the only playlist; FFmpeg must not read other formats that name further addresses (SDP, DASH, concat).
    "|format_whitelist;hls,mpjpeg,mov,mp4,m4a,3gp,3g2,mj2,avi,matroska,webm,mpegts,mpeg,mpegvideo,flv,ogg,asf,gif,"
    "mjpeg,mjpeg_2000,aac,webvtt,jpeg_pipe,image2,h264,hevc"
    "|http_persistent;0|http_proxy;"
)
_ONE_THREAD = [cv2.CAP_PROP_N_THREADS, 1]
"""One core per camera. By default each core of the machine decodes a frame, and each delays the stream by a frame."""
LARGEST_PX = 36_000_000
"""8K has 33 million pixels. A child holds several copies of a frame at any time, 3 bytes a pixel."""
_opening = Lock()


def open_file(path: str) -> cv2.VideoCapture:
    return _open(path, _FILE_OPTIONS, _ONE_THREAD)


def open_address(
    address: str, open_timeout_s: float, read_timeout_s: float, proxy: str | None = None
) -> cv2.VideoCapture:
    """Opens the `address` and `proxy` of a gate: FFmpeg must never see where the camera really is."""
    os.environ.pop("no_proxy", None)  # would lead FFmpeg past the gate
    # Only the constructor's list sets these: OpenCV refuses `set` before `open`, and the default is 30 s.
    limits = [
        cv2.CAP_PROP_OPEN_TIMEOUT_MSEC,
        round(open_timeout_s * 1000),
        cv2.CAP_PROP_READ_TIMEOUT_MSEC,
        round(read_timeout_s * 1000),
    ]
    return _open(address, _HTTP_OPTIONS + proxy if proxy else _RTSP_OPTIONS, limits + _ONE_THREAD)


def open_device(index: int) -> cv2.VideoCapture:
    return cv2.VideoCapture(index, cv2.CAP_V4L2)


def retrieve_rgb(capture: cv2.VideoCapture) -> Image | None:
    """Returns the frame grabbed last as RGB, or None if it cannot be decoded. Raises SourceDown if it is too large."""
    done, image = capture.retrieve()
    if not done or image is None or image.size == 0:
        return None
    height, width = image.shape[:2]
    if width * height > LARGEST_PX:
        raise SourceDown(Reason.TOO_LARGE.said(width=width, height=height))
    if image.ndim == 2:
        return cast(Image, cv2.cvtColor(image, cv2.COLOR_GRAY2RGB))
    return cast(Image, cv2.cvtColor(image, cv2.COLOR_BGR2RGB))


def pixel_aspect_of(capture: cv2.VideoCapture) -> float:
    """Returns the width of a pixel divided by its height, as the stream says; 1 if it says nothing."""
    across, down = capture.get(cv2.CAP_PROP_SAR_NUM), capture.get(cv2.CAP_PROP_SAR_DEN)
    return across / down if across > 0 and down > 0 else 1.0


def _open(name: str, options: str, limits: list[int]) -> cv2.VideoCapture:
    with _opening:  # OpenCV takes these options only from the environment
        os.environ["OPENCV_FFMPEG_CAPTURE_OPTIONS"] = options
        return cv2.VideoCapture(name, cv2.CAP_FFMPEG, limits)
