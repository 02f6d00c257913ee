"""The one place that opens OpenCV captures: time limits, allowed protocols, and silence on stderr."""

from __future__ import annotations

import os
from threading import Lock
from typing import cast

import cv2

from people.recognition.types import Image
from streams.pipeline.errors import SourceDown
from streams.pipeline.reasons import Reason

# FFmpeg writes addresses with their passwords to stderr; the reasons that we show are found without it.
os.environ.setdefault("OPENCV_FFMPEG_LOGLEVEL", "-8")  # AV_LOG_QUIET; read once, at the first capture
cv2.utils.logging.setLogLevel(0)

_FILE_OPTIONS = (
    # No playlists: their entries would be opened too, wherever they lie.
    "protocol_whitelist;file"
    "|format_whitelist;mov,mp4,m4a,3gp,3g2,mj2,avi,matroska,webm,mpegts,mpeg,mpegvideo,flv,ogg,asf,gif,mjpeg"
)
_RTSP_OPTIONS = "protocol_whitelist;rtsp,tcp|format_whitelist;rtsp|rtsp_transport;tcp"
_HTTP_OPTIONS = (
    "protocol_whitelist;http,https,httpproxy,tcp,tls,crypto,data"
    # Playlists of HLS alone; other formats that name further addresses (SDP, DASH, concat) are not read.
    "|format_whitelist;hls,mpjpeg,mov,mp4,m4a,3gp,3g2,mj2,avi,matroska,webm,mpegts,mpeg,mpegvideo,flv,ogg,asf,gif,"
    "mjpeg,mjpeg_2000,aac,webvtt,jpeg_pipe,image2,h264,hevc"
    "|http_persistent;0|http_proxy;"
)
_ONE_THREAD = [cv2.CAP_PROP_N_THREADS, 1]
"""One core per camera. By default each of the machine's cores decodes a frame, and each holds it one frame back."""
LARGEST_PX = 36_000_000
"""8K has 33 million. Several copies of a frame are in a child at any time, 3 bytes a pixel."""
_opening = Lock()


def open_file(path: str) -> cv2.VideoCapture:
    return _open(path, _FILE_OPTIONS, _ONE_THREAD)


def open_address(
    address: str, open_timeout_s: float, read_timeout_s: float, proxy: str | None = None
) -> cv2.VideoCapture:
    """`address` and `proxy` are a gate's: FFmpeg must never see where the camera really is."""
    os.environ.pop("no_proxy", None)  # would lead FFmpeg past the gate
    # Only the constructor's list sets these: `set` before `open` is refused, and the default is 30 s.
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
    """The picture grabbed last as RGB, or None when it cannot be decoded. Raises SourceDown for a huge one."""
    done, image = capture.retrieve()
    if not done or image is None or image.size == 0:
        return None
    height, width = image.shape[:2]
    if width * height > LARGEST_PX:
        raise SourceDown(Reason.TOO_LARGE.said(width=width, height=height))
    if image.ndim == 2:
        return cast(Image, cv2.cvtColor(image, cv2.COLOR_GRAY2RGB))
    return cast(Image, cv2.cvtColor(image, cv2.COLOR_BGR2RGB))


def _open(name: str, options: str, limits: list[int]) -> cv2.VideoCapture:
    with _opening:  # the options travel in the environment, the only way that OpenCV has for them
        os.environ["OPENCV_FFMPEG_CAPTURE_OPTIONS"] = options
        return cv2.VideoCapture(name, cv2.CAP_FFMPEG, limits)
