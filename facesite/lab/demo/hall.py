"""Draws the entrance hall in which the demo's people walk, a little out of focus and lit from the left."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image as Pillow
from PIL import ImageDraw, ImageFilter

WIDTH_PX, HEIGHT_PX = 1280, 720
EYE_LEVEL_PX = 262
"""Row of the horizon and of everybody's eyes, because the camera hangs at the height of a face."""
COUNTER_PX = 668
"""From here down the reception counter stands in front of everybody."""
FLOOR_PX = 500

Picture = NDArray[np.uint8]


def hall() -> Picture:
    """Draws the hall: (720, 1280, 3) RGB."""
    picture = Pillow.fromarray(_wall_and_floor())
    draw = ImageDraw.Draw(picture)
    _window(draw)
    _passage(draw)
    _pictures(draw)
    _bench(draw)
    _plant(draw, 1180, 505)
    soft = picture.filter(ImageFilter.GaussianBlur(3.2))  # as by a lens that is focused on the people
    return _lit(np.asarray(soft, np.float32))


def counter() -> tuple[Picture, int]:
    """Returns the strip of the counter and the row where it begins."""
    strip = np.zeros((HEIGHT_PX - COUNTER_PX, WIDTH_PX, 3), np.float32)
    shade = np.linspace(1.0, 0.72, len(strip))[:, None, None]
    strip[:] = np.array([92, 72, 58], np.float32) * shade
    strip[:7] = (176, 148, 120)
    strip[7:10] = (58, 44, 36)
    strip *= np.linspace(1.08, 0.86, WIDTH_PX)[None, :, None]
    return strip.clip(0, 255).astype(np.uint8), COUNTER_PX


def _wall_and_floor() -> Picture:
    rows = np.linspace(0, 1, HEIGHT_PX)[:, None]
    columns = np.linspace(0, 1, WIDTH_PX)[None, :]
    wall = np.array([222, 214, 202], np.float32) - 26 * rows[..., None] - 16 * columns[..., None]
    floor = np.array([150, 128, 108], np.float32) + 34 * (rows[..., None] - 0.7)
    picture = np.where((rows >= FLOOR_PX / HEIGHT_PX)[..., None], floor, wall)
    picture[FLOOR_PX - 14 : FLOOR_PX] = (240, 235, 226)  # skirting
    _boards(picture)
    return picture.clip(0, 255).astype(np.uint8)


def _boards(picture: NDArray[np.floating]) -> None:
    """Draws floor boards that run towards the horizon."""
    for x in range(-2400, 3700, 150):
        vanish = (WIDTH_PX // 2, EYE_LEVEL_PX)
        for row in range(FLOOR_PX, HEIGHT_PX):
            column = vanish[0] + (x - vanish[0]) * (row - vanish[1]) / (HEIGHT_PX - vanish[1])
            if 0 <= column < WIDTH_PX - 2:
                picture[row, int(column) : int(column) + 2] *= 0.86


def _window(draw: ImageDraw.ImageDraw) -> None:
    draw.rectangle((52, 46, 348, 430), fill=(246, 244, 238))
    draw.rectangle((64, 58, 336, 418), fill=(206, 226, 240))
    draw.ellipse((40, 300, 200, 470), fill=(150, 182, 142))
    draw.ellipse((170, 270, 390, 480), fill=(166, 194, 152))
    draw.rectangle((336, 46, 352, 480), fill=(246, 244, 238))
    draw.rectangle((40, 418, 362, 440), fill=(232, 226, 216))
    draw.rectangle((195, 58, 205, 418), fill=(246, 244, 238))
    draw.rectangle((64, 206, 336, 214), fill=(246, 244, 238))
    draw.rectangle((40, 440, 362, FLOOR_PX - 14), fill=(196, 187, 174))


def _passage(draw: ImageDraw.ImageDraw) -> None:
    draw.rectangle((520, 74, 792, FLOOR_PX), fill=(238, 232, 222))
    draw.rectangle((540, 92, 772, FLOOR_PX), fill=(176, 164, 150))
    draw.polygon([(540, 92), (604, 150), (604, 470), (540, FLOOR_PX)], fill=(160, 148, 134))
    draw.polygon([(772, 92), (708, 150), (708, 470), (772, FLOOR_PX)], fill=(188, 176, 160))
    draw.polygon([(540, FLOOR_PX), (604, 470), (708, 470), (772, FLOOR_PX)], fill=(136, 116, 98))
    draw.rectangle((604, 150, 708, 470), fill=(214, 204, 188))
    draw.rectangle((632, 200, 682, 470), fill=(120, 96, 78))
    draw.ellipse((636, 108, 676, 126), fill=(255, 248, 226))


def _pictures(draw: ImageDraw.ImageDraw) -> None:
    for left, top, width, height, fill in (
        (868, 130, 120, 160, (92, 122, 142)),
        (1020, 130, 120, 160, (186, 142, 96)),
    ):
        draw.rectangle((left - 10, top - 10, left + width + 10, top + height + 10), fill=(62, 54, 48))
        draw.rectangle((left, top, left + width, top + height), fill=(244, 240, 232))
        draw.rectangle((left + 16, top + 20, left + width - 16, top + height - 20), fill=fill)
        draw.ellipse((left + 34, top + 40, left + 78, top + 84), fill=(240, 220, 170))


def _bench(draw: ImageDraw.ImageDraw) -> None:
    draw.rounded_rectangle((850, 446, 1110, 478), 10, fill=(86, 104, 112))
    draw.rounded_rectangle((850, 396, 1110, 444), 12, fill=(100, 120, 128))
    for x in (866, 1086):
        draw.rectangle((x, 478, x + 8, 520), fill=(66, 56, 50))


def _plant(draw: ImageDraw.ImageDraw, x: int, y: int) -> None:
    for angle in range(-70, 75, 14):
        tip = x + 2.3 * angle, y - 250 + abs(angle) * 1.7
        middle = x + 0.8 * angle, y - 150
        leaf = [(x - 8, y - 60), (middle[0] - 16, middle[1]), tip, (middle[0] + 16, middle[1])]
        draw.polygon(leaf, fill=(88 + angle // 4, 132, 92))
    draw.polygon([(x - 46, y - 66), (x + 46, y - 66), (x + 34, y + 22), (x - 34, y + 22)], fill=(216, 206, 194))


def _lit(picture: NDArray[np.float32]) -> Picture:
    """Lets light fall in from the window, and darkens the corners."""
    columns, rows = np.meshgrid(np.linspace(0, 1, WIDTH_PX), np.linspace(0, 1, HEIGHT_PX))
    pool = np.exp(-(((columns - 0.2) / 0.42) ** 2) - ((rows - 0.85) / 0.5) ** 2)
    corner = 1 - 0.34 * (((columns - 0.5) / 0.75) ** 2 + ((rows - 0.5) / 0.75) ** 2)
    light = (corner + 0.2 * pool).astype(np.float32)[..., None] * np.array([1.0, 0.985, 0.955], np.float32)
    return np.asarray(cv2.convertScaleAbs(picture * light), np.uint8)
