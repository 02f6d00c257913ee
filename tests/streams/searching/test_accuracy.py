"""What the distances of a search are worth, on real photos: each looked for among single looks at the others."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.conf import settings

from people.recognising.uploaded import PAIR_ALLOWANCE
from people.recognition.engine.engine import Engine
from people.recognition.pictures.images import decode
from people.recognition.reading.probing import ProbePicture, probe_picture
from people.recognition.types import Thresholds

MAX_BYTES = 50_000_000


@pytest.mark.integration
def test_a_search_finds_everybody_again_and_few_others(shared_faces: Path, labels: dict[str, Any]) -> None:
    engine = Engine.load(Path(settings.MODEL_CACHE))
    probes, looks, names = [], [], []
    for path, label in labels.items():
        if label["kind"] != "person" or len(label["people"]) != 1:
            continue
        data = (shared_faces / path).read_bytes()
        found = probe_picture(engine, ProbePicture(data, MAX_BYTES, most=1)).found
        if not found:
            continue
        probes.append(found[0].vector)
        looks.append(engine.encode(decode(data, max_bytes=MAX_BYTES), [found[0].face])[0])  # as cameras do
        names.append(label["people"][0])
    apart = np.linalg.norm(np.array(probes)[:, None] - np.array(looks)[None], axis=2)
    same = np.array(names)[:, None] == np.array(names)[None]
    own, others = apart[same & ~np.eye(len(names), dtype=bool)], apart[~same]
    site = Thresholds()
    match, review = site.match + PAIR_ALLOWANCE, site.review + PAIR_ALLOWANCE
    assert len(set(names)) >= 15 and own.size >= 300
    # docs/api.md says: all, and 0.03 % or 1.7 % of the others.
    assert own.max() <= match
    assert (others <= match).mean() <= 0.0005 and (others <= review).mean() <= 0.018
