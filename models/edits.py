"""The fixed edits that the evaluation, the calibration and the training validation share.

Every edit is a pure function of a picture and a seed, with one named strength, so that a figure
such as "median cosine of edited pairs" means the same in every report. What counts as an edit: JPEG
quality 30-95, size 50-200 %, crop >= 75 % of the area, border and overlay <= 10 % of the area,
brightness and contrast +-30 %, rotation +-5 degrees, mirror.
"""

from __future__ import annotations

import io
import math
import random
from collections.abc import Callable
from dataclasses import dataclass

from PIL import Image, ImageDraw, ImageEnhance, ImageOps

Apply = Callable[[Image.Image, random.Random], Image.Image]


@dataclass(frozen=True)
class Edit:
    """One edit with a fixed strength; not a `near_duplicate` where the layout changes."""

    name: str
    apply: Apply
    near_duplicate: bool = True

    def __call__(self, image: Image.Image, seed: int) -> Image.Image:
        """The edited copy of an RGB picture; the same seed gives the same pixels again."""
        return self.apply(image, random.Random(f"{self.name}:{seed}"))


def jpeg(quality: int) -> Apply:
    """Saved as JPEG at this quality (Pillow's default 4:2:0 chroma) and opened again."""

    def apply(image: Image.Image, _rng: random.Random) -> Image.Image:
        buffer = io.BytesIO()
        image.save(buffer, "JPEG", quality=quality)
        return Image.open(io.BytesIO(buffer.getvalue())).convert("RGB")

    return apply


def resized(factor: float) -> Apply:
    """Both sides times `factor`."""

    def apply(image: Image.Image, _rng: random.Random) -> Image.Image:
        width, height = (max(1, round(side * factor)) for side in image.size)
        return image.resize((width, height), Image.BILINEAR)

    return apply


def cropped(area: float) -> Apply:
    """A window with this share of the area and the picture's own proportions, somewhere inside."""

    def apply(image: Image.Image, rng: random.Random) -> Image.Image:
        width, height = (math.ceil(side * math.sqrt(area)) for side in image.size)
        left = rng.randint(0, image.width - width)
        top = rng.randint(0, image.height - height)
        return image.crop((left, top, left + width, top + height))

    return apply


def bordered(area: float) -> Apply:
    """A uniform frame around the picture that takes this share of the new area."""

    def apply(image: Image.Image, rng: random.Random) -> Image.Image:
        # (w + 2m)(h + 2m) = w h / (1 - area), solved for the margin m.
        w, h = image.size
        excess = w * h * area / (1 - area)
        margin = int((math.sqrt((w + h) ** 2 + 4 * excess) - (w + h)) / 4)
        return ImageOps.expand(image, max(1, margin), fill=_colour(rng))

    return apply


def overlaid(area: float) -> Apply:
    """A filled rectangle over the picture, with this share of its area, as a caption or a logo."""

    def apply(image: Image.Image, rng: random.Random) -> Image.Image:
        aspect = rng.uniform(1.0, 4.0)
        target = image.width * image.height * area
        width = min(image.width, int(math.sqrt(target * aspect)))
        height = min(image.height, int(target / width))
        left = rng.randint(0, image.width - width)
        top = rng.randint(0, image.height - height)
        out = image.copy()
        box = (left, top, left + width - 1, top + height - 1)
        ImageDraw.Draw(out).rectangle(box, fill=_colour(rng))
        return out

    return apply


def brightened(factor: float) -> Apply:
    """Pillow's brightness: every channel times `factor`, clipped."""
    return lambda image, _rng: ImageEnhance.Brightness(image).enhance(factor)


def contrasted(factor: float) -> Apply:
    """Pillow's contrast: the distance from the mean grey times `factor`, clipped."""
    return lambda image, _rng: ImageEnhance.Contrast(image).enhance(factor)


def rotated(degrees: float) -> Apply:
    """Turned counter-clockwise about the centre, same size, black corners."""
    return lambda image, _rng: image.rotate(degrees, Image.BILINEAR)


def mirrored(image: Image.Image, _rng: random.Random) -> Image.Image:
    """Left and right exchanged."""
    return ImageOps.mirror(image)


def _colour(rng: random.Random) -> tuple[int, int, int]:
    return (rng.randrange(256), rng.randrange(256), rng.randrange(256))


EDITS: tuple[Edit, ...] = (
    Edit("jpeg-30", jpeg(30)),
    Edit("jpeg-60", jpeg(60)),
    Edit("jpeg-95", jpeg(95)),
    Edit("size-50", resized(0.5)),
    Edit("size-200", resized(2.0)),
    Edit("crop-90", cropped(0.90)),
    Edit("crop-75", cropped(0.75)),
    Edit("border-10", bordered(0.10)),
    Edit("overlay-10", overlaid(0.10)),
    Edit("brightness-70", brightened(0.7)),
    Edit("brightness-130", brightened(1.3)),
    Edit("contrast-70", contrasted(0.7)),
    Edit("contrast-130", contrasted(1.3)),
    Edit("rotate+5", rotated(5.0)),
    Edit("rotate-5", rotated(-5.0)),
    Edit("mirror", mirrored, near_duplicate=False),
)
"""All edits in the order reports list them; `mirror` is reported apart."""
