"""A camera of the machine itself, through OpenCV (V4L2)."""

from __future__ import annotations

from typing import cast

import cv2

from people.recognition.types import Image
from streams.pipeline.errors import SourceDown
from streams.pipeline.reasons import Reason
from streams.pipeline.sources.decoding import check_size
from streams.pipeline.sources.wanting import IsWanted, always


class DeviceSource:
    """Source of a device number."""

    def __init__(self, number: int) -> None:
        self._number, self._capture = number, cv2.VideoCapture(number, cv2.CAP_V4L2)
        if not self._capture.isOpened():
            raise SourceDown(Reason.NO_DEVICE.said(number=number))

    def read(self, is_wanted: IsWanted = always) -> Image | None:
        if not self._capture.grab():
            raise SourceDown(Reason.SILENT_DEVICE.said(number=self._number))
        if not is_wanted():
            return None
        done, image = self._capture.retrieve()
        if not done or image is None:
            return None
        check_size(image.shape[1], image.shape[0])
        return cast(Image, cv2.cvtColor(image, cv2.COLOR_GRAY2RGB if image.ndim == 2 else cv2.COLOR_BGR2RGB))

    def close(self) -> None:
        self._capture.release()
