"""The real engine, loaded once, and galleries of real people."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from django.conf import settings
from PIL import Image

from people.recognition.engine.engine import Crops, Engine
from people.recognition.gallery.gallery import Gallery


@pytest.fixture(scope="session")
def engine() -> Engine:
    return Engine.load(Path(settings.MODEL_CACHE))


@pytest.fixture(scope="session")
def demo_gallery(engine: Engine, portraits: Path) -> Gallery:
    """Two people as the demo enrols them; the clip shows one of them from another portrait."""
    files = [("obama", "obama.jpg"), ("obama", "obama2.jpg"), ("biden", "biden.jpg")]
    rows = []
    for person, name in files:
        image = np.ascontiguousarray(np.asarray(Image.open(portraits / name).convert("RGB")))
        rows.append((person, engine.encode(image, engine.detect(image, 80)[:1], Crops.ENROLMENT)[0]))
    return Gallery.of_encodings(1, engine.key, rows)
