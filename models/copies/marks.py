"""Icons, logos and QR codes."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace

import segno
from PIL import Image, ImageDraw

import words
from scenes import colour
from typeset import font

ICON_SIZES = (16, 24, 32, 48, 64, 128, 256)
ICON_FRAMES = ("ring", "bare", "square", "corners")

Point = tuple[float, float]


@dataclass(frozen=True)
class Icon:
    """Strokes in a unit square, their colour and the picture's side in pixels."""

    side: int
    light: bool
    strokes: tuple[tuple[str, tuple[Point, ...]], ...]


def _stroke(rng: random.Random) -> tuple[str, tuple[Point, ...]]:
    """A line, a broken line, an arc or a dot somewhere in the middle."""
    kind = rng.choice(("line", "line", "arc", "dot", "box"))
    count = rng.choice((2, 3)) if kind == "line" else 2
    grid = (0.26, 0.38, 0.5, 0.62, 0.74)
    points: list[Point] = []
    while len(points) < count:
        point = (rng.choice(grid), rng.choice(grid))
        if all(abs(point[0] - x) + abs(point[1] - y) > 0.2 for x, y in points):
            points.append(point)
    return kind, tuple(points)


def compose_icon(_template: str, rng: random.Random) -> Icon:
    """Two to five strokes, black or white, of one of the usual sizes."""
    strokes = tuple(_stroke(rng) for _ in range(rng.randint(2, 5)))
    return Icon(rng.choice(ICON_SIZES), rng.random() < 0.5, strokes)


def change_stroke(icon: Icon, rng: random.Random) -> Icon:
    """The same icon with another last stroke."""
    other = icon.strokes[-1]
    while other == icon.strokes[-1]:
        other = _stroke(rng)
    return replace(icon, strokes=(*icon.strokes[:-1], other))


def draw_icon(template: str, icon: Icon) -> Image.Image:
    """Strokes of one colour on nothing: drawn eight times as large (at most 1,024) and made smaller."""
    large = min(1024, icon.side * 8)
    mask = Image.new("L", (large, large), 0)
    draw = ImageDraw.Draw(mask)
    pen = round(large * 0.07)
    frame = (pen, pen, large - pen, large - pen)
    if template == "ring":
        draw.ellipse(frame, outline=255, width=pen)
    elif template == "square":
        draw.rounded_rectangle(frame, large // 6, outline=255, width=pen)
    elif template == "corners":
        for x in (pen, large - pen * 4):
            for y in (pen, large - pen * 4):
                draw.rectangle((x, y, x + pen * 3, y + pen * 3), 255)
    for kind, points in icon.strokes:
        spots = [(x * large, y * large) for x, y in points]
        (x0, y0), (x1, y1) = spots[0], spots[1]
        box = (min(x0, x1), min(y0, y1), max(x0, x1) + pen, max(y0, y1) + pen)
        if kind == "line":
            draw.line(spots, 255, pen, "curve")
        elif kind == "arc":
            draw.arc(box, 180, 430, 255, pen)
        elif kind == "box":
            draw.rectangle(box, outline=255, width=pen)
        else:
            draw.ellipse((x0 - pen, y0 - pen, x0 + pen, y0 + pen), 255)
    mask = mask.resize((icon.side, icon.side), Image.BOX)
    shade = 255 if icon.light else 0
    image = Image.new("RGBA", (icon.side, icon.side), (shade, shade, shade, 0))
    image.putalpha(mask)
    return image


def draw_logo(template: str, rng: random.Random) -> Image.Image:
    """A company's mark on nothing, of 96 to 256 pixels."""
    side = 512
    image = Image.new("RGBA", (side, side), (0, 0, 0, 0))
    draw = ImageDraw.Draw(image)
    mono = rng.choice((None, "#000000", "#ffffff"))
    first, second = (mono or "#%02x%02x%02x" % colour(rng, 20, 220) for _ in range(2))
    text = words.title(rng, 1)
    hole = (0, 0, 0, 0)
    if template == "monogram":
        (draw.ellipse if rng.random() < 0.5 else draw.rectangle)((40, 40, 472, 472), first)
        letters = text[: rng.choice((1, 2))]
        draw.text((256, 256), letters, hole, font("Serif-Bold", 300 // len(letters)), "mm")
    elif template == "wordmark":
        draw.polygon(
            [(256 + rng.randint(-200, 200), rng.randint(40, 280)) for _ in range(4)], first
        )
        draw.text((256, 400), text[:8], second, font("Sans-Bold", 84), "mm")
    elif template == "badge":
        for i in range(rng.randint(2, 5)):
            inset = 40 + 45 * i
            fill = (first, hole)[i % 2]
            draw.ellipse((inset, inset, side - inset, side - inset), fill)
        draw.text((256, 256), text[:6], second, font("Sans-Bold", 90), "mm")
    else:
        for _ in range(rng.randint(3, 6)):
            x, y, size = rng.randint(40, 320), rng.randint(40, 320), rng.randint(60, 180)
            shape = rng.choice((draw.ellipse, draw.rectangle))
            shape((x, y, x + size, y + size), rng.choice((first, second)))
    return image.resize((rng.choice((96, 128, 192, 256)),) * 2, Image.LANCZOS)


QR_STYLES = {"2-L": (2, "L"), "5-H": (5, "H"), "4-M": (4, "M"), "7-Q": (7, "Q")}
"""Version (size) and error correction."""


def draw_qr(template: str, rng: random.Random) -> Image.Image:
    """The code of a made-up address, nine pixels a module."""
    version, level = QR_STYLES[template]
    text = f"https://{words.long_word(rng, 2)}.example/{words.digits(rng, 6)}"[:24]
    code = segno.make(text, version=version, error=level, boost_error=False, micro=False)
    rows = [bytes(0 if module else 255 for module in row) for row in code.matrix_iter(border=4)]
    image = Image.frombytes("L", (len(rows[0]), len(rows)), b"".join(rows))
    return image.resize((image.width * 9, image.height * 9), Image.NEAREST)
