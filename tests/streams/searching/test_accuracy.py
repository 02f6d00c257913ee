"""What the distances of a search are worth, on real photos: each looked for among single looks at the others."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.conf import settings

from people.recognition.engine.engine import Engine
from people.recognition.engine.kinds import OFFERED, EngineKind
from people.recognition.pictures.images import decode
from people.recognition.reading.probing import ProbePicture, probe_picture

MAX_BYTES = 50_000_000
OTHERS_AT_MOST = {"dlib": 0.0005, "fused": 0.004}
"""Share of other people's pictures that count as the same face."""


@pytest.mark.integration
@pytest.mark.parametrize("kind", OFFERED, ids=lambda kind: kind.name)
def test_a_search_finds_everybody_again_and_few_others(
    kind: EngineKind, shared_faces: Path, labels: dict[str, Any]
) -> None:
    engine = Engine.load(Path(settings.MODEL_CACHE), kind)
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
    limits, allowance = kind.distances.thresholds, kind.distances.pair_allowance
    match, review = limits.match + allowance, limits.review + allowance
    assert len(set(names)) >= 15 and own.size >= 300
    # docs/api.md has the table.
    assert (own <= match).mean() >= 0.99 and own.max() <= review
    assert (others <= match).mean() <= OTHERS_AT_MOST[kind.name] and (others <= review).mean() <= 0.018
