"""The sides of a network's input for a whole picture; the core's rule, in Python."""

from __future__ import annotations

from PIL import Image

STRIDE = 32
"""The network's: sides are multiples of it."""


def sides(width: int, height: int, side: int) -> tuple[int, int]:
    """(width, height) of the input for a picture of these sides; its area is about side ** 2.

    The same whole numbers as `likeness::whole_size` of the core.
    """
    # Two cells across at least: what is more elongated is squashed to the shape of 1.5 cells.
    wide, tall = (
        min(length, max(across, 4 * side**2 * across // (9 * STRIDE**2)))
        for length, across in ((width, height), (height, width))
    )
    columns, rows = _along(wide, tall, side), _along(tall, wide, side)
    if width == height and 2 * columns - STRIDE == 2 * side:
        columns -= STRIDE
    return columns, rows


def _along(length: int, across: int, side: int) -> int:
    """side * sqrt(length / across), rounded to a multiple of the stride; without a square root."""
    cells = 1
    while ((2 * cells + 1) * STRIDE) ** 2 * across <= 4 * side**2 * length:
        cells += 1
    return cells * STRIDE


def whole_view(image: Image.Image, side: int) -> Image.Image:
    """The whole picture, resized to the sides of the network's input."""
    return image.resize(sides(*image.size, side), Image.BILINEAR)
