"""Pictures of things and places, computed with NumPy: products, nights, landscapes, gradients."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass, replace

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

Colour = tuple[int, int, int]


def colour(rng: random.Random, low: int = 0, high: int = 255) -> Colour:
    """Any colour whose channels lie in this range."""
    return (rng.randint(low, high), rng.randint(low, high), rng.randint(low, high))


def generator(rng: random.Random) -> np.random.Generator:
    """A NumPy generator that follows from `rng`."""
    return np.random.default_rng(rng.getrandbits(64))


def to_image(values: np.ndarray) -> Image.Image:
    """Floats of 0 to 255 as a picture."""
    return Image.fromarray(np.clip(np.rint(values), 0, 255).astype(np.uint8))


def fractal(numbers: np.random.Generator, width: int, height: int, roughness: float) -> np.ndarray:
    """Noise of many sizes, 0 to 1: each octave is half as large and `roughness` times as strong."""
    total = np.zeros((height, width), np.float32)
    cells, weight = 3, 1.0
    while cells < max(width, height):
        rows = max(2, round(cells * height / max(width, height)))
        columns = max(2, round(cells * width / max(width, height)))
        small = Image.fromarray(numbers.random((rows, columns), np.float32))
        total += weight * np.asarray(small.resize((width, height), Image.BICUBIC))
        cells, weight = cells * 2, weight * roughness
    total -= total.min()
    return total / total.max()


PRODUCT_SHARES = (0.30, 0.45, 0.70)
"""How much of the picture's side an object takes."""

PROFILES = {
    "bottle": ((0.0, 0.10), (0.25, 0.10), (0.42, 0.24), (0.95, 0.26), (1.0, 0.22)),
    "bowl": ((0.0, 0.48), (0.3, 0.46), (0.7, 0.34), (0.9, 0.16), (1.0, 0.22)),
    "lamp": ((0.0, 0.14), (0.45, 0.42), (0.47, 0.04), (0.92, 0.04), (1.0, 0.28)),
    "vase": ((0.0, 0.18), (0.12, 0.12), (0.5, 0.34), (0.85, 0.18), (1.0, 0.2)),
}
"""Turned objects: half the width at heights from top (0) to bottom (1)."""


def product(template: str, rng: random.Random) -> Image.Image:
    """One turned object in the middle of a plain light ground, lit from the left, with a pattern."""
    side = 640
    share = rng.choice(PRODUCT_SHARES)
    numbers = generator(rng)
    heights, widths = zip(*PROFILES[template])
    stretch = [w * rng.uniform(0.75, 1.25) for w in widths]
    tall = round(side * share)
    y = np.linspace(0, 1, tall)
    half = np.interp(y, heights, stretch) * tall
    half = np.convolve(np.pad(half, 4, "edge"), np.ones(9) / 9, "valid")
    x = np.arange(side) - side / 2 + rng.uniform(-10, 10)
    across = x[None, :] / half[:, None]
    inside = np.abs(across) < 1
    turned = np.sqrt(np.clip(1 - across**2, 0, 1))
    light = (
        0.35 + 0.5 * turned - 0.25 * across + 0.5 * np.clip(turned - 0.4 * across - 0.9, 0, 1) * 3
    )
    body = np.array(colour(rng, 40, 230), float)
    second = np.array(colour(rng, 40, 230), float)
    kind = rng.choice(("bands", "spots", "marble"))
    angle = np.arcsin(np.clip(across, -1, 1))
    if kind == "bands":
        pattern = np.sin(y[:, None] * rng.uniform(10, 50) + angle * rng.choice((0, 0, 4))) > 0.4
    elif kind == "spots":
        count = rng.uniform(5, 12)
        pattern = np.sin(angle * count) * np.sin(y[:, None] * count * 3) > 0.3
    else:
        pattern = fractal(numbers, side, tall, 0.7) > 0.55
    paint = np.where(pattern[..., None], second, body) * light[..., None]
    ground = rng.choice((255.0, 250.0, 240.0))
    image = np.full((side, side, 3), ground)
    top = (side - tall) // 2
    shadow = np.exp(-((x / (half[-1] * 1.4)) ** 2)) * 60
    for row in range(12):
        image[top + tall - 4 + row] -= (shadow * (1 - row / 12))[:, None]
    image[top : top + tall][inside] = paint[inside]
    return to_image(image)


def plain(template: str, rng: random.Random) -> Image.Image:
    """One colour; or a blank sheet, with or without a line of something."""
    if template.startswith("colour"):
        return Image.new("RGB", (480, 360), colour(rng))
    sheet = Image.new("RGB", (480, 640), (rng.randint(246, 255),) * 3)
    if template.startswith("line"):
        draw = ImageDraw.Draw(sheet)
        top, left = rng.randint(60, 560), rng.randint(30, 160)
        for _ in range(rng.randint(4, 8)):
            wide = rng.randint(14, 44)
            draw.rectangle((left, top + rng.randint(0, 2), left + wide, top + 9), (40, 40, 40))
            left += wide + 8
    return sheet


def gradient(template: str, rng: random.Random) -> Image.Image:
    """Two or three colours that run into each other."""
    width, height = 640, 480
    y, x = np.mgrid[0:height, 0:width].astype(float)
    x, y = x / width, y / height
    if template == "linear":
        angle = rng.uniform(0, 2 * math.pi)
        t = x * math.cos(angle) + y * math.sin(angle)
    elif template == "radial":
        t = np.hypot(x - rng.uniform(0.2, 0.8), y - rng.uniform(0.2, 0.8))
    elif template == "conic":
        t = np.abs(np.arctan2(y - rng.uniform(0.3, 0.7), x - rng.uniform(0.3, 0.7)))
    else:
        t = (x - rng.random()) * (y - rng.random())
    t = (t - t.min()) / (t.max() - t.min())
    stops = np.array([colour(rng) for _ in range(rng.choice((2, 3)))], float)
    at = np.linspace(0, 1, len(stops))
    return to_image(np.stack([np.interp(t, at, stops[:, c]) for c in range(3)], -1))


def night(template: str, rng: random.Random) -> Image.Image:
    """Little light in much darkness, and the noise of a camera."""
    width, height = 640, 480
    numbers = generator(rng)
    image = Image.new("RGB", (width, height), colour(rng, 2, 14))
    draw = ImageDraw.Draw(image)
    for _ in range({"stars": 160, "windows": 60, "street": 14, "bokeh": 26}[template]):
        x, y = rng.uniform(0, width), rng.uniform(0, height)
        light = colour(rng, 110, 255)
        if template == "stars":
            draw.ellipse((x, y, x + rng.uniform(0.5, 3), y + rng.uniform(0.5, 3)), light)
        elif template == "windows":
            x, y = x // 28 * 28, 120 + y // 2 // 24 * 24
            draw.rectangle((x, y, x + 12, y + 14), light)
        elif template == "street":
            far = rng.uniform(0.2, 1.0)
            draw.rectangle((x, 200, x + 3 * far, 400), colour(rng, 16, 40))
            draw.ellipse((x - 9 * far, 200 - 9 * far, x + 9 * far, 200 + 9 * far), light)
        else:
            size = rng.uniform(8, 40)
            dim = tuple(round(c * 0.5) for c in light)
            draw.ellipse((x, y, x + size, y + size), dim)
    soft = np.asarray(image.filter(ImageFilter.GaussianBlur(1.2)), float)
    return to_image(soft + numbers.normal(0, 3, soft.shape))


def landscape(template: str, rng: random.Random) -> Image.Image:
    """A wide view (ridges, a skyline) or a tall one (planks, a shelf)."""
    width, height = (1600, 400) if template in ("ridges", "skyline") else (320, 1400)
    numbers = generator(rng)
    y, x = np.mgrid[0:height, 0:width]
    sky, haze = np.array(colour(rng, 120, 250), float), np.array(colour(rng, 120, 250), float)
    image = sky + (haze - sky) * (y / height)[..., None]
    if template in ("skyline", "shelf"):
        image *= (0.6 + 0.5 * fractal(numbers, width, height, 0.75))[..., None]
        place = _house if template == "skyline" else _box
        view = to_image(image)
        draw, at = ImageDraw.Draw(view), 0
        while at < max(width, height):
            at = place(draw, at, view.size, rng)
        return view
    for layer in range(4):
        line = fractal(numbers, width, 2, 0.55)[0] if width > height else None
        dark = np.array(colour(rng, 20, 150), float) * (1 - 0.15 * layer)
        grain = 0.75 + 0.5 * fractal(numbers, width, height, 0.8)
        if line is not None:
            inside = y > height * (0.15 + 0.2 * layer + 0.3 * line[None, :])
        else:
            edge = fractal(numbers, 2, height, 0.55)[:, :1]
            inside = x > width * (0.05 + 0.2 * layer + 0.4 * edge)
        image = np.where(inside[..., None], dark * grain[..., None], image)
    return to_image(image)


def _house(draw: ImageDraw.ImageDraw, left: int, size: tuple[int, int], rng: random.Random) -> int:
    """A house with windows at the lower edge; where the next one begins."""
    wide, tall = rng.randint(30, 110), rng.randint(90, 320)
    top, wall, glass = size[1] - tall, colour(rng, 20, 170), colour(rng, 60, 255)
    draw.rectangle((left, top, left + wide, size[1]), wall)
    step, floor = rng.randint(10, 22), rng.randint(14, 30)
    for y in range(top + 8, size[1] - floor, floor):
        for x in range(left + 6, left + wide - step, step):
            if rng.random() < 0.75:
                draw.rectangle((x, y, x + step // 2, y + floor // 2), glass)
    return left + wide + rng.choice((0, 0, rng.randint(5, 60)))


def _box(draw: ImageDraw.ImageDraw, top: int, size: tuple[int, int], rng: random.Random) -> int:
    """A board with boxes and balls on it; where the next board begins."""
    tall, left = rng.randint(70, 160), rng.randint(4, 20)
    while left < size[0] - 24:
        wide, high = rng.randint(14, 80), rng.randint(20, tall - 20)
        box = (left, top + tall - high, min(left + wide, size[0] - 6), top + tall)
        shape = draw.ellipse if rng.random() < 0.3 else draw.rectangle
        shape(box, colour(rng), colour(rng, 0, 90), 3)
        left += wide + rng.randint(2, 14)
    draw.rectangle((0, top + tall, size[0], top + tall + 10), colour(rng, 40, 120))
    return top + tall + 10


@dataclass(frozen=True)
class Moment:
    """A scene at one moment: its seed, where a thing is in it, and the camera's noise."""

    seed: int
    thing: tuple[float, float]
    noise: int


def compose_moment(_template: str, rng: random.Random) -> Moment:
    """A new scene with a ball or a box somewhere."""
    return Moment(rng.getrandbits(32), (rng.uniform(0.1, 0.8), rng.uniform(0.45, 0.78)), 0)


def next_moment(moment: Moment, rng: random.Random) -> Moment:
    """The same scene, shortly after: the thing has moved by at least its own size."""
    x, y = moment.thing
    moved = x
    while abs(moved - x) < 0.14:
        moved = rng.uniform(0.1, 0.8)
    return replace(moment, thing=(moved, y), noise=rng.getrandbits(32) + 1)


VIEW = (768, 480)


def _thing_side(moment: Moment) -> float:
    return random.Random(f"thing:{moment.seed}").uniform(0.08, 0.13) * VIEW[0]


def thing_box(moment: Moment) -> tuple[int, int, int, int]:
    """The rectangle that the thing takes: left, top, width, height."""
    side = math.ceil(_thing_side(moment)) + 2
    return (int(moment.thing[0] * VIEW[0]), int(moment.thing[1] * VIEW[1]), side, side)


def draw_moment(template: str, moment: Moment) -> Image.Image:
    """A view of ridges with one thing before them, as a camera on a tripod sees it."""
    rng = random.Random(f"scene:{moment.seed}")
    view = landscape("ridges", rng).crop((200, 0, 840, 400)).resize(VIEW, Image.BICUBIC)
    draw = ImageDraw.Draw(view)
    size = _thing_side(moment)
    left, top = moment.thing[0] * view.width, moment.thing[1] * view.height
    body, mark = colour(rng, 60, 255), colour(rng, 60, 255)
    shape = draw.ellipse if template.startswith("ball") else draw.rectangle
    shape((left, top, left + size, top + size), body)
    shape((left + size * 0.3, top + size * 0.3, left + size * 0.6, top + size * 0.6), mark)
    pixels = np.asarray(view, float)
    numbers = np.random.default_rng(moment.noise)
    return to_image(pixels + numbers.normal(0, 2.5, pixels.shape))
