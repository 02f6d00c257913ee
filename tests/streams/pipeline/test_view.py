"""The view: frames become upright, undistorted and masked before anything else sees them."""

import numpy as np
import pytest

from people.recognition.types import Image
from streams.pipeline.regions import Region, RegionKind
from streams.pipeline.view import LARGEST_PX, CameraView, stretched

LEFT_HALF = Region(RegionKind.NEVER_KEEP, ((0.0, 0.0), (0.5, 0.0), (0.5, 1.0), (0.0, 1.0)))


def frame(width: int = 40, height: int = 20) -> Image:
    """Grey, with a white top left corner."""
    image = np.full((height, width, 3), 100, np.uint8)
    image[:4, :4] = 255
    return image


def white_corner(image: Image) -> tuple[str, str]:
    rows, columns = np.nonzero(image[..., 0] == 255)
    height, width = image.shape[:2]
    return "top" if rows.mean() < height / 2 else "bottom", "left" if columns.mean() < width / 2 else "right"


@pytest.mark.parametrize(
    ("view", "corner", "size"),
    [
        (CameraView(), ("top", "left"), (40, 20)),
        (CameraView(90), ("top", "right"), (20, 40)),
        (CameraView(180), ("bottom", "right"), (40, 20)),
        (CameraView(270), ("bottom", "left"), (20, 40)),
        (CameraView(mirrored=True), ("top", "right"), (40, 20)),
        (CameraView(90, mirrored=True), ("top", "left"), (20, 40)),
    ],
)
def test_a_frame_is_turned_clockwise_then_mirrored(
    view: CameraView, corner: tuple[str, str], size: tuple[int, int]
) -> None:
    picture = view.of(frame())
    assert (white_corner(picture), (picture.shape[1], picture.shape[0])) == (corner, size)


@pytest.mark.parametrize(
    ("given", "stream", "size"),
    [
        (None, 1.0, (40, 20)),
        (None, 1.5, (40, 20)),
        (1.5, 1.0, (60, 20)),
        (0.5, 1.0, (40, 40)),
        (2.0, 1.0, (80, 20)),
        (3.0, 1.5, (80, 20)),
        (1.5, 1.5, (40, 20)),
        (1.005, 1.0, (40, 20)),
    ],
)
def test_pixels_become_square_by_the_aspect_that_is_given_where_the_source_has_used_the_streams(
    given: float | None, stream: float, size: tuple[int, int]
) -> None:
    picture = CameraView(pixel_aspect=given).of(frame(), stream)
    assert (picture.shape[1], picture.shape[0]) == size


def test_a_stretched_picture_is_no_larger_than_a_source_may_be() -> None:
    huge = np.zeros((5_000, 7_000, 3), np.uint8)
    height, width = stretched(huge, 4.0).shape[:2]
    assert height * width <= LARGEST_PX * 1.001
    assert width / height == pytest.approx(5.6, rel=0.01)


def test_what_is_never_kept_is_black_in_the_upright_picture_and_the_frame_is_not_touched() -> None:
    source = frame()
    picture = CameraView(90, regions=(LEFT_HALF,)).of(source)
    assert not picture[:, : picture.shape[1] // 2].any()
    assert picture[:, picture.shape[1] // 2 + 1 :].all()
    assert not CameraView(regions=(LEFT_HALF,)).of(source)[:, :20].any() and source.all()


def test_only_never_keep_is_blackened() -> None:
    look = Region(RegionKind.LOOK_HERE, LEFT_HALF.points)
    assert CameraView(regions=(look,)).of(frame()).all()
