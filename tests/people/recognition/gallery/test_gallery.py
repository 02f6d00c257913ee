"""The gallery names the nearest person, exactly."""

from __future__ import annotations

import math
import pickle

import numpy as np
import pytest

from people.recognition.errors import WrongEncoder
from people.recognition.gallery.gallery import Gallery
from people.recognition.gallery.nearest import two_nearest
from people.recognition.types import Matrix, Vector


def unit_rows(count: int, seed: int = 0) -> Matrix:
    rows = np.random.default_rng(seed).standard_normal((count, 128)).astype(np.float32)
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


def axis(number: int) -> Vector:
    vector = np.zeros(128, np.float32)
    vector[number] = 1
    return vector


def test_an_empty_gallery_knows_nobody() -> None:
    match = Gallery.empty("engine", version=3).identify(axis(0))
    assert match.person is None
    assert math.isinf(match.distance)
    assert match.gallery_version == 3


def test_one_person_has_no_runner_up() -> None:
    match = Gallery.of_encodings(1, "engine", [("ada", axis(0))]).identify(axis(0))
    assert (match.person, match.runner_up) == ("ada", None)
    assert match.distance == 0
    assert math.isinf(match.margin)


def test_a_template_is_the_unit_mean_of_a_persons_encodings() -> None:
    gallery = Gallery.of_encodings(1, "engine", [("ada", axis(0)), ("bob", axis(5)), ("ada", axis(1))])
    assert gallery.people == ("ada", "bob")
    assert gallery.templates[0] == pytest.approx((axis(0) + axis(1)) / math.sqrt(2), abs=1e-6)


def test_the_margin_is_the_lead_over_the_next_person() -> None:
    gallery = Gallery.of_encodings(1, "engine", [("ada", axis(0)), ("bob", axis(1))])
    match = gallery.identify(axis(1))
    assert (match.person, match.runner_up) == ("bob", "ada")
    assert match.distance == 0
    assert match.margin == pytest.approx(math.sqrt(2))


def test_templates_cannot_be_changed() -> None:
    gallery = Gallery.of_encodings(1, "engine", [("ada", axis(0))])
    with pytest.raises(ValueError, match="read-only"):
        gallery.templates[0, 0] = 5


@pytest.mark.parametrize("count", [0, 1, 2, 3, 8192, 14_999, 20_000])
def test_many_probes_find_what_one_by_one_finds(count: int) -> None:
    templates = unit_rows(count)
    gallery = Gallery(7, "engine", tuple(map(str, range(count))), templates)
    probes = unit_rows(5, seed=1)
    for one, many in zip(map(gallery.identify, probes), gallery.identify_many(probes), strict=True):
        assert (one.person, one.runner_up) == (many.person, many.runner_up)
        assert one.distance == pytest.approx(many.distance, abs=1e-6)
        assert one.gallery_version == many.gallery_version == 7


def test_the_search_is_exact_across_blocks() -> None:
    templates, probes = unit_rows(30_000), unit_rows(9, seed=2)
    rows, cosines = two_nearest(templates, probes)
    truth = np.sort(probes.astype(np.float64) @ templates.T.astype(np.float64), axis=1)[:, ::-1][:, :2]
    assert cosines == pytest.approx(truth, abs=1e-6)
    assert (np.einsum("pd,pkd->pk", probes, templates[rows])) == pytest.approx(cosines, abs=1e-6)


def test_equal_templates_have_no_margin() -> None:
    gallery = Gallery(1, "engine", ("ada", "twin"), np.stack([axis(0), axis(0)]))
    assert gallery.identify(axis(0)).margin == 0
    assert gallery.identify_many(axis(0)[None])[0].margin == 0


def test_another_encoder_is_refused() -> None:
    gallery = Gallery.empty("engine")
    with pytest.raises(WrongEncoder, match="shape"):
        gallery.identify(np.zeros(512, np.float32))
    with pytest.raises(WrongEncoder, match="shape"):
        gallery.identify_many(np.zeros((3, 512), np.float32))
    with pytest.raises(WrongEncoder, match="float32"):
        Gallery(1, "engine", ("ada",), np.zeros((1, 128)))  # type: ignore[arg-type]


def test_a_large_gallery_is_searched_exactly() -> None:
    """Among 40,000 that are as much alike as faces, and with twins that only the last bits tell apart."""
    chance = np.random.default_rng(3)
    templates = unit_rows(40_000) * np.float32(0.4)
    templates[:, 0] += 0.9
    templates[7] = templates[35_000] + chance.normal(0, 1e-4, 128)
    templates = (templates / np.linalg.norm(templates, axis=1, keepdims=True)).astype(np.float32)
    gallery = Gallery(1, "engine", tuple(map(str, range(40_000))), templates)
    probes = np.concatenate([templates[[7, 39_999]], unit_rows(6, seed=4)])
    truth = probes.astype(np.float64) @ templates.T.astype(np.float64)
    for match, cosines in zip(gallery.identify_many(probes), truth, strict=True):
        nearest, second = np.argsort(-cosines)[:2]
        assert (match.person, match.runner_up) == (str(nearest), str(second))
        assert match.distance == pytest.approx(math.sqrt(max(0.0, 2 - 2 * cosines[nearest])), abs=1e-3)
    assert gallery.identify(probes[1]).person == "39999"


def test_a_large_gallery_of_one_template_over_and_over_is_searched_too() -> None:
    templates = np.repeat(axis(0)[None], 33_000, axis=0)
    match = Gallery(1, "engine", tuple(map(str, range(33_000))), templates).identify(axis(0))
    assert (match.distance, match.margin) == (0, 0)
    assert match.person != match.runner_up


def test_a_gallery_that_was_searched_is_sent_without_what_searching_made() -> None:
    gallery = Gallery(4, "engine", tuple(map(str, range(16_000))), unit_rows(16_000))
    found = gallery.identify(axis(0))
    sent = pickle.dumps(gallery)
    assert len(sent) < gallery.templates.nbytes * 1.1
    assert pickle.loads(sent).identify(axis(0)) == found
