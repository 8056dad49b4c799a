"""Pictures that are no photographs: what else people compare, drawn at random.

The teacher is matched on them as on photographs; nothing here is fitted to any real page or screen.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont

Colour = tuple[int, int, int]
LETTERS = "etaoinshrdlucmfwypvbgkqxjz"


def draw(rng: np.random.Generator, photograph: Image.Image) -> Image.Image:
    """A drawing of a random kind; some kinds show the photograph."""
    kinds: list[Callable[[np.random.Generator, Image.Image], Image.Image]] = [
        _page,
        _screen,
        _chart,
        _icon,
        _product,
        _plain,
        _night,
    ]
    return kinds[rng.integers(len(kinds))](rng, photograph)


def _colour(rng: np.random.Generator, low: int = 0, high: int = 256) -> Colour:
    red, green, blue = rng.integers(low, high, 3)
    return int(red), int(green), int(blue)


def _words(rng: np.random.Generator, count: int) -> str:
    odds = 1 / np.arange(2, len(LETTERS) + 2)
    lengths = rng.integers(2, 10, count)
    letters = rng.choice(list(LETTERS), lengths.sum(), p=odds / odds.sum())
    ends = np.cumsum(lengths)
    return " ".join("".join(letters[e - n : e]) for n, e in zip(lengths, ends, strict=True))


def _lines(
    rng: np.random.Generator, sheet: ImageDraw.ImageDraw, box: tuple[int, int, int, int], ink: Colour
) -> None:
    """Paragraphs of invented words; the font is Pillow's own."""
    left, top, right, bottom = box
    font, y = ImageFont.load_default(), top
    while y < bottom - 10:
        if rng.random() < 0.12:
            y += 10
            continue
        letters = max(3, int((right - left) / 6 * (rng.uniform(0.3, 1) if rng.random() < 0.2 else 1)))
        sheet.text((left, y), _words(rng, letters // 5)[:letters], ink, font)
        y += 13


def _page(rng: np.random.Generator, photograph: Image.Image) -> Image.Image:
    width = int(rng.integers(240, 420))
    height = int(width * rng.uniform(1.2, 1.6))
    paper = _colour(rng, 225)
    page = Image.new("RGB", (width, height), paper)
    sheet, ink = ImageDraw.Draw(page), _colour(rng, 0, 70)
    margin, columns = int(width * rng.uniform(0.06, 0.14)), int(rng.integers(1, 3))
    wide = (width - margin * (columns + 1)) // columns
    for column in range(columns):
        left = margin + column * (wide + margin)
        _lines(rng, sheet, (left, margin, left + wide, height - margin), ink)
    if rng.random() < 0.4:
        small = photograph.resize((wide, int(wide * rng.uniform(0.5, 1))))
        page.paste(small, (margin, int(rng.integers(margin, height - small.height))))
    if rng.random() < 0.3:
        page = page.rotate(rng.uniform(-4, 4), Image.BILINEAR, fillcolor=paper)
    return page


def _screen(rng: np.random.Generator, photograph: Image.Image) -> Image.Image:
    tall = rng.random() < 0.5
    width, height = (240, int(rng.integers(400, 480))) if tall else (int(rng.integers(400, 480)), 280)
    dark = rng.random() < 0.4
    ground = _colour(rng, 0, 50) if dark else _colour(rng, 220)
    ink = _colour(rng, 190) if dark else _colour(rng, 0, 80)
    screen = Image.new("RGB", (width, height), ground)
    sheet, accent = ImageDraw.Draw(screen), _colour(rng)
    sheet.rectangle((0, 0, width, int(rng.integers(18, 40))), accent)
    y = 48
    while y < height - 30:
        tall_row = int(rng.integers(24, 110))
        box = (10, y, width - 10, min(height - 6, y + tall_row))
        if rng.random() < 0.5:
            tone = tuple(int(np.clip(c + rng.integers(-30, 30), 0, 255)) for c in ground)
            sheet.rectangle(box, tone)
        if rng.random() < 0.4 and box[3] > box[1] + 8:
            screen.paste(photograph.resize((box[3] - box[1],) * 2), (box[0], box[1]))
            box = (box[0] + box[3] - box[1] + 6, *box[1:])
        _lines(rng, sheet, (box[0] + 4, box[1] + 4, max(box[0] + 30, box[2] - 8), box[3]), ink)
        y += tall_row + 8
    return screen


def _chart(rng: np.random.Generator, _photograph: Image.Image) -> Image.Image:
    chart = Image.new("RGB", (360, 260), _colour(rng, 235))
    sheet, ink = ImageDraw.Draw(chart), _colour(rng, 0, 90)
    sheet.line((40, 20, 40, 230, 340, 230), ink, 2)
    _lines(rng, sheet, (60, 3, 300, 16), ink)
    count, kind = int(rng.integers(4, 14)), rng.integers(3)
    values = np.clip(np.cumsum(rng.normal(0, 0.2, count)) + rng.uniform(0.2, 0.8), 0.03, 1)
    step, colour = 290 / count, _colour(rng)
    points = [(45 + (i + 0.5) * step, 228 - 200 * v) for i, v in enumerate(values)]
    if kind == 0:
        for x, y in points:
            sheet.rectangle((x - step * 0.35, y, x + step * 0.35, 229), colour)
    elif kind == 1:
        sheet.line(points, colour, int(rng.integers(2, 5)))
    else:
        begin = 0.0
        for share in values / values.sum():
            sheet.pieslice((100, 40, 270, 210), begin, begin + 360 * share, _colour(rng), ink)
            begin += 360 * share
    return chart


def _icon(rng: np.random.Generator, _photograph: Image.Image) -> Image.Image:
    """Shapes of few colours with an alpha channel, on white, black or a colour."""
    icon = Image.new("RGBA", (200, 200), (0, 0, 0, 0))
    sheet = ImageDraw.Draw(icon)
    for _ in range(int(rng.integers(1, 6))):
        x, y = rng.integers(0, 130, 2)
        w, h = rng.integers(30, 70 + 60, 2)
        box, colour = (int(x), int(y), int(min(199, x + w)), int(min(199, y + h))), _colour(rng)
        kind = rng.integers(4)
        if kind == 0:
            sheet.ellipse(box, colour)
        elif kind == 1:
            sheet.rectangle(box, None, colour, int(rng.integers(6, 18)))
        elif kind == 2:
            sheet.polygon([tuple(map(int, rng.integers(0, 200, 2))) for _ in range(3)], colour)
        else:
            sheet.arc(box, float(rng.uniform(0, 180)), float(rng.uniform(180, 360)), colour, 14)
    ground = (255, 255, 255) if rng.random() < 0.6 else _colour(rng)
    picture = Image.new("RGB", icon.size, ground)
    picture.paste(icon, mask=icon)
    return picture


def _product(rng: np.random.Generator, photograph: Image.Image) -> Image.Image:
    """A piece of the photograph, alone on a plain ground."""
    ground = _colour(rng, 230) if rng.random() < 0.8 else _colour(rng)
    picture = Image.new("RGB", (240, int(rng.integers(200, 300))), ground)
    share = rng.uniform(0.25, 0.75)
    size = int(picture.width * share), int(picture.height * share)
    mask = Image.new("L", size)
    sheet = ImageDraw.Draw(mask)
    inside = (0, 0, size[0] - 1, size[1] - 1)
    if rng.random() < 0.5:
        sheet.ellipse(inside, 255)
    else:
        sheet.rounded_rectangle(inside, int(min(size) * rng.uniform(0, 0.3)), 255)
    left, top = ((a - b) // 2 for a, b in zip(picture.size, size, strict=True))
    if rng.random() < 0.5:
        shadow = Image.new("L", picture.size)
        shadow.paste(mask.point(lambda v: v // 3), (left + 5, top + 8))
        picture.paste((0, 0, 0), mask=shadow.filter(ImageFilter.GaussianBlur(6)))
    picture.paste(photograph.resize(size), (left, top), mask)
    return picture


def _plain(rng: np.random.Generator, _photograph: Image.Image) -> Image.Image:
    """One colour, or a gradient between two, with a little noise."""
    here, there = (np.array(_colour(rng), float) for _ in range(2))
    across = np.linspace(0, 1, 160)
    direction = across[None] if rng.random() < 0.5 else across[:, None]
    share = (direction * rng.uniform(0, 1) * np.ones((160, 160)))[..., None]
    pixels = here + (there - here) * share + rng.normal(0, rng.uniform(0, 4), (160, 160, 3))
    return Image.fromarray(np.clip(np.rint(pixels), 0, 255).astype(np.uint8))


def _night(rng: np.random.Generator, photograph: Image.Image) -> Image.Image:
    """The photograph at night: dark, noisy, with a few lamps."""
    light = np.asarray(photograph, float) / 255
    pixels = 255 * light ** rng.uniform(1.5, 3) * rng.uniform(0.15, 0.5)
    pixels += rng.normal(0, rng.uniform(1, 8), pixels.shape)
    night = Image.fromarray(np.clip(np.rint(pixels), 0, 255).astype(np.uint8))
    sheet = ImageDraw.Draw(night)
    for _ in range(int(rng.integers(0, 8))):
        x, y = (int(rng.integers(side)) for side in night.size)
        size = int(rng.integers(1, 5))
        sheet.ellipse((x - size, y - size, x + size, y + size), (255, 240, int(rng.integers(120, 256))))
    return night
