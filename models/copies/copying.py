"""How copies are made, with the truth about each: where every point went and what was laid over.

An `Affine` (a, b, c, d, e, f) says where the point (x, y) of the original lies in the copy:
(a x + b y + c, d x + e y + f). Points are measured from the top left corner of the top left pixel, so
that a picture's corners are (0, 0) and (width, height).
"""

from __future__ import annotations

import io
import math
import random
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image, ImageChops, ImageDraw, ImageEnhance, ImageFilter, ImageOps

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import words  # noqa: E402
from edits import EDITS, Edit  # noqa: E402
from scenes import colour  # noqa: E402
from typeset import font  # noqa: E402

Affine = tuple[float, float, float, float, float, float]
Box = tuple[int, int, int, int]
"""Left, top, width and height of a rectangle of the original."""

IDENTITY: Affine = (1, 0, 0, 0, 1, 0)


@dataclass(frozen=True)
class Copy:
    """An edited picture. `changes` are the places of the original that it doesn't show any more;
    `suffix` is the file format that belongs to the edit."""

    image: Image.Image
    transform: Affine = IDENTITY
    changes: tuple[Box, ...] = ()
    suffix: str = ".png"
    options: tuple[tuple[str, int], ...] = ()


Others = list[Image.Image]
Make = Callable[[Image.Image, random.Random, Others], Copy]


@dataclass(frozen=True)
class Recipe:
    """A way to make copies: a `variant` where something else is laid over."""

    name: str
    make: Make
    today: bool = False
    variant: bool = False


def compose(second: Affine, first: Affine) -> Affine:
    """First the one, then the other."""
    a, b, c, d, e, f = second
    g, h, i, j, k, m = first
    return (
        a * g + b * j,
        a * h + b * k,
        a * i + b * m + c,
        d * g + e * j,
        d * h + e * k,
        d * i + e * m + f,
    )


def turned(width: int, height: int, degrees: float, new: tuple[int, int]) -> Affine:
    """Counter-clockwise about the centre, which becomes the centre of a picture of size `new`."""
    cos, sin = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    x, y = width / 2, height / 2
    return (
        cos,
        sin,
        new[0] / 2 - cos * x - sin * y,
        -sin,
        cos,
        new[1] / 2 + sin * x - cos * y,
    )


def _today(edit: Edit) -> Make:
    """One of the shared edits. What it did is read off what it makes of a picture of pixel numbers."""

    def make(image: Image.Image, rng: random.Random, _others: Others) -> Copy:
        seed = rng.getrandbits(32)
        out = edit(image, seed)
        w, h = image.size
        name = edit.name
        if name.startswith("jpeg"):
            quality = int(name.split("-")[1])
            return Copy(image, suffix=".jpg", options=(("quality", quality),))
        if name.startswith("size"):
            return Copy(out, (out.width / w, 0, 0, 0, out.height / h, 0))
        if name.startswith("crop"):
            numbers = Image.fromarray(np.arange(w * h, dtype=np.int32).reshape(h, w), "I")
            top, left = divmod(edit.apply(numbers, _rng_of(edit, seed)).getpixel((0, 0)), w)
            return Copy(out, (1, 0, -left, 0, 1, -top))
        if name.startswith("border"):
            return Copy(out, (1, 0, (out.width - w) / 2, 0, 1, (out.height - h) / 2))
        if name.startswith("rotate"):
            return Copy(out, turned(w, h, float(name.removeprefix("rotate")), (w, h)))
        if name == "mirror":
            return Copy(out, (-1, 0, w, 0, 1, 0))
        if name.startswith("overlay"):
            return Copy(out, changes=differences(image, out))
        return Copy(out)

    return make


def _rng_of(edit: Edit, seed: int) -> random.Random:
    return random.Random(f"{edit.name}:{seed}")


def differences(a: Image.Image, b: Image.Image) -> tuple[Box, ...]:
    """The smallest rectangle around all pixels that differ; none where none do."""
    first, second = (np.asarray(image.convert("RGBA"), int) for image in (a, b))
    unlike = (first != second).any(-1)
    rows, columns = np.flatnonzero(unlike.any(1)), np.flatnonzero(unlike.any(0))
    if len(rows) == 0:
        return ()
    left, top = int(columns[0]), int(rows[0])
    return ((left, top, int(columns[-1]) - left + 1, int(rows[-1]) - top + 1),)


def corner(area: float, mirrored: bool = False) -> Make:
    """A window of this share of the area that begins in one of the four corners."""

    def make(image: Image.Image, rng: random.Random, _others: Others) -> Copy:
        w, h = (math.ceil(side * math.sqrt(area)) for side in image.size)
        left = rng.choice((0, image.width - w))
        top = rng.choice((0, image.height - h))
        out = image.crop((left, top, left + w, top + h))
        move: Affine = (1, 0, -left, 0, 1, -top)
        if not mirrored:
            return Copy(out, move)
        return Copy(ImageOps.mirror(out), compose((-1, 0, w, 0, 1, 0), move))

    return make


def canvas(factor: float) -> Make:
    """Somewhere on a plain ground whose sides are so many times as long."""

    def make(image: Image.Image, rng: random.Random, _others: Others) -> Copy:
        size = tuple(round(side * factor) for side in image.size)
        out = Image.new("RGB", size, rng.choice(((255,) * 3, (0,) * 3, colour(rng))))
        left, top = (rng.randint(0, new - old) for new, old in zip(size, image.size))
        out.paste(image, (left, top))
        return Copy(out, (1, 0, left, 0, 1, top))

    return make


def boxed(aspect: float) -> Make:
    """Between bars, so that the whole has this proportion of width to height."""

    def make(image: Image.Image, _rng: random.Random, _others: Others) -> Copy:
        w, h = image.size
        size = (max(w, round(h * aspect)), max(h, round(w / aspect)))
        out = Image.new("RGB", size)
        left, top = (size[0] - w) // 2, (size[1] - h) // 2
        out.paste(image, (left, top))
        return Copy(out, (1, 0, left, 0, 1, top))

    return make


def phone_screenshot(image: Image.Image, rng: random.Random, _others: Others) -> Copy:
    """As a phone's viewer shows it: full width, a status bar above, buttons below."""
    width, height = 540, 1170
    dark = rng.random() < 0.5
    ground, ink = ((0,) * 3, (230,) * 3) if dark else ((250,) * 3, (40,) * 3)
    out = Image.new("RGB", (width, height), ground)
    scale = min(width / image.width, (height - 260) / image.height)
    size = tuple(max(1, round(side * scale)) for side in image.size)
    left, top = (width - size[0]) // 2, (height - size[1]) // 2
    out.paste(image.resize(size, Image.LANCZOS), (left, top))
    draw = ImageDraw.Draw(out)
    clock = f"{rng.randint(0, 23)}:{rng.randint(10, 59)}"
    draw.text((24, 14), clock, ink, font("Sans-Bold", 20))
    draw.rectangle((470, 18, 512, 36), outline=ink, width=2)
    draw.rectangle((474, 22, 474 + rng.randint(6, 34), 32), ink)
    draw.text((24, 64), f"‹  {rng.randint(1, 28)} May", ink, font("Sans", 24))
    for i in range(4):
        x = 60 + i * 130
        draw.ellipse((x, 1086, x + 34, 1120), outline=ink, width=4)
        draw.line((x + 10, 1096, x + 24, 1110), ink, 4)
    return Copy(out, (size[0] / image.width, 0, left, 0, size[1] / image.height, top))


def any_angle(image: Image.Image, rng: random.Random, _others: Others) -> Copy:
    """Turned by 6 to 15 degrees either way; half of them with the corners kept on a larger ground."""
    degrees = rng.uniform(6, 15) * rng.choice((-1, 1))
    expand = rng.random() < 0.5
    ground = rng.choice(((0,) * 3, (255,) * 3))
    out = image.rotate(degrees, Image.BICUBIC, expand=expand, fillcolor=ground)
    return Copy(out, turned(*image.size, degrees, out.size))


def quarter_turn(degrees: int) -> Make:
    """Turned by a multiple of 90 degrees, counter-clockwise, without loss."""
    method = {90: Image.ROTATE_90, 180: Image.ROTATE_180, 270: Image.ROTATE_270}[degrees]

    def make(image: Image.Image, _rng: random.Random, _others: Others) -> Copy:
        out = image.transpose(method)
        exact = tuple(round(v, 9) for v in turned(*image.size, degrees, out.size))
        return Copy(out, exact)

    return make


def sticker(area: float) -> Make:
    """Round and square stickers with a face or a star that together take this share of the area."""

    def make(image: Image.Image, rng: random.Random, _others: Others) -> Copy:
        out = image.copy()
        draw = ImageDraw.Draw(out)
        count = rng.choice((1, 2, 3))
        side = max(4, round(math.sqrt(image.width * image.height * area / count)))
        side = min(side, *image.size)
        boxes: list[Box] = []
        for _ in range(200):
            if len(boxes) == count:
                break
            left = rng.randint(0, image.width - side)
            top = rng.randint(0, image.height - side)
            if all(abs(left - x) >= side or abs(top - y) >= side for x, y, _w, _h in boxes):
                boxes.append((left, top, side, side))
        for left, top, _w, _h in boxes:
            box = (left, top, left + side - 1, top + side - 1)
            paint, ink = colour(rng, 90, 255), colour(rng, 0, 80)
            if rng.random() < 0.5:
                draw.ellipse(box, paint)
            else:
                draw.rectangle(box, paint)
            for eye in (0.33, 0.67):
                x, y, r = left + side * eye, top + side * 0.36, side * 0.07
                draw.ellipse((x - r, y - r, x + r, y + r), ink)
            mouth = (left + side * 0.25, top + side * 0.3, left + side * 0.75, top + side * 0.78)
            draw.arc(mouth, 20, 160, ink, max(1, side // 18))
        return Copy(out, changes=tuple(boxes))

    return make


def lettering(area: float) -> Make:
    """Lines of large text all over; letters and the gaps between them take this share of the area."""

    def make(image: Image.Image, rng: random.Random, _others: Others) -> Copy:
        out = image.copy()
        draw = ImageDraw.Draw(out)
        size = max(8, round(image.height * 0.08))
        face = font("Sans-Bold", size)
        ink, edge = rng.choice((("white", "black"), ("yellow", "black"), ("black", "white")))
        boxes: list[Box] = []
        top, taken = round(image.height * 0.04), 0
        while taken < area * image.width * image.height and top + size < image.height:
            text = words.title(rng, 3)
            while face.getlength(text) > image.width * 0.9 and len(text) > 2:
                text = text[:-1]
            left = round((image.width - face.getlength(text)) / 2)
            pen = max(1, size // 16)
            draw.text((left, top), text, ink, face, stroke_width=pen, stroke_fill=edge)
            x0, y0, x1, y1 = draw.textbbox((left, top), text, face, stroke_width=pen)
            x0, y0 = max(0, x0), max(0, y0)
            box = (x0, y0, min(image.width, x1) - x0, min(image.height, y1) - y0)
            boxes.append(box)
            taken += box[2] * box[3]
            top += round(size * 1.9)
        return Copy(out, changes=tuple(boxes))

    return make


def collage(image: Image.Image, rng: random.Random, others: Others) -> Copy:
    """One of four pictures side by side, all of one size."""
    w, h = image.size
    tiles = [image, *(other.convert("RGB").resize((w, h), Image.BILINEAR) for other in others[:3])]
    order = list(range(4))
    rng.shuffle(order)
    out = Image.new("RGB", (2 * w, 2 * h))
    for place, which in enumerate(order):
        out.paste(tiles[which], (place % 2 * w, place // 2 * h))
    at = order.index(0)
    half = out.resize((w, h), Image.LANCZOS) if w > 300 else out
    scale = half.width / out.width
    return Copy(
        half, (scale, 0, at % 2 * w * scale, 0, half.height / out.height, at // 2 * h * scale)
    )


def encoded(suffix: str, **options: int) -> Make:
    """Saved in a format that loses something."""
    return lambda image, _rng, _others: Copy(image, suffix=suffix, options=tuple(options.items()))


def resized(factor: float) -> Make:
    """Both sides times `factor`, with a good filter."""

    def make(image: Image.Image, _rng: random.Random, _others: Others) -> Copy:
        size = tuple(max(1, round(side * factor)) for side in image.size)
        out = image.resize(size, Image.LANCZOS)
        return Copy(out, (out.width / image.width, 0, 0, 0, out.height / image.height, 0))

    return make


def noisy(image: Image.Image, rng: random.Random, _others: Others) -> Copy:
    """Gaussian noise with a deviation of a tenth of the range."""
    pixels = np.asarray(image, float)
    noise = np.random.default_rng(rng.getrandbits(64)).normal(0, 25, pixels.shape)
    return Copy(Image.fromarray(np.clip(np.rint(pixels + noise), 0, 255).astype(np.uint8)))


def blurred(image: Image.Image, _rng: random.Random, _others: Others) -> Copy:
    """A Gaussian of 0.6 % of the longer side."""
    return Copy(image.filter(ImageFilter.GaussianBlur(max(image.size) * 0.006)))


def dimmed(image: Image.Image, _rng: random.Random, _others: Others) -> Copy:
    """A fifth of the brightness."""
    return Copy(ImageEnhance.Brightness(image).enhance(0.2))


def grey(image: Image.Image, _rng: random.Random, _others: Others) -> Copy:
    """Without colour."""
    return Copy(ImageOps.grayscale(image).convert("RGB"))


RECIPES: tuple[Recipe, ...] = (
    *(
        Recipe(edit.name, _today(edit), today=True, variant=edit.name.startswith("overlay"))
        for edit in EDITS
    ),
    Recipe("corner-90", corner(0.90)),
    Recipe("corner-80", corner(0.80)),
    Recipe("corner-75", corner(0.75)),
    Recipe("corner-50", corner(0.50)),
    Recipe("corner-75-mirror", corner(0.75, mirrored=True)),
    Recipe("canvas-150", canvas(1.5)),
    Recipe("canvas-200", canvas(2.0)),
    Recipe("phone", phone_screenshot),
    Recipe("letterbox", boxed(9 / 16)),
    Recipe("pillarbox", boxed(21 / 9)),
    Recipe("angle-15", any_angle),
    Recipe("turn-90", quarter_turn(90)),
    Recipe("turn-180", quarter_turn(180)),
    Recipe("turn-270", quarter_turn(270)),
    Recipe("sticker-10", sticker(0.10), variant=True),
    Recipe("sticker-25", sticker(0.25), variant=True),
    Recipe("text-25", lettering(0.25), variant=True),
    Recipe("collage", collage),
    Recipe("jpeg-10", encoded(".jpg", quality=10)),
    Recipe("blur", blurred),
    Recipe("size-25", resized(0.25)),
    Recipe("enlarged-200", resized(2.0)),
    Recipe("brightness-20", dimmed),
    Recipe("grey", grey),
    Recipe("palette", encoded(".gif")),
    Recipe("noise", noisy),
)
"""Today's edits, then the harder ones, in the order of reports."""


def plainest(image: Image.Image) -> Image.Image:
    """The same pixels with one channel, where they are grey: a third of the bytes."""
    if image.mode != "RGB":
        return image
    red, green, blue = image.split()
    if any(ImageChops.difference(red, other).getbbox() for other in (green, blue)):
        return image
    return red


def write(copy: Copy, path: Path) -> Path:
    """Saves a copy beside `path`, with the suffix of its format; whole or not at all."""
    target = path.with_name(path.name + copy.suffix)
    buffer = io.BytesIO()
    options = dict(copy.options)
    if copy.suffix == ".png":
        plainest(copy.image).save(buffer, "PNG", compress_level=1)
    elif copy.suffix == ".gif":
        copy.image.convert("RGB").quantize(256).save(buffer, "GIF")
    else:
        copy.image.convert("RGB").save(buffer, "JPEG", **options)
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(target.name + ".part")
    part.write_bytes(buffer.getvalue())
    part.rename(target)
    return target
