"""Pages, sheet music and charts, set and drawn with Pillow.

A drawing is made in two steps: `compose_*` draws the content from a template's name and a random
generator, `draw_*` makes the picture of it. So a word can be changed between the two, and everything
else stays where it is.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from functools import lru_cache

from PIL import Image, ImageDraw, ImageFont

import words

PAGE = (1000, 1414)


@lru_cache(maxsize=None)
def font(name: str, size: int) -> ImageFont.FreeTypeFont:
    """A DejaVu font, wherever this system keeps its fonts."""
    return ImageFont.truetype(f"DejaVu{name}.ttf", size)


@dataclass(frozen=True)
class PageStyle:
    """What all pages of one document have in common."""

    document: str
    face: str = "Serif"
    size: int = 18
    columns: int = 1
    margin: int = 110
    leading: float = 1.45
    numbered: bool = False
    header: bool = True
    table: bool = False
    rule: bool = False


PAGE_STYLES = {
    "manual": PageStyle("Tarnel 400 Operating Manual", "Sans", 17, rule=True, numbered=True),
    "novel": PageStyle("The Brindel Shore", "Serif", 20, margin=150, leading=1.6),
    "exam": PageStyle("Written Examination 7B", "Serif", 19, numbered=True, leading=1.9),
    "paper": PageStyle("Proc. Slound Soc. 14 (3)", "Serif", 14, columns=2, margin=80),
    "ledger": PageStyle("Price List, Grell & Fosh", "Sans", 16, table=True, rule=True),
    "letter": PageStyle("Chairn Trading House", "SansMono", 16, margin=130, rule=True),
}


@dataclass(frozen=True)
class Token:
    """A word in the place that was kept for `slot`; the two differ where a word was changed."""

    slot: str
    shown: str


@dataclass(frozen=True)
class Page:
    """The content of one page: paragraphs of words and, in ledgers, lines of words and sums."""

    number: int
    heading: str
    paragraphs: tuple[tuple[Token, ...], ...]


def compose_page(template: str, rng: random.Random) -> Page:
    """A page full of text in the style of its document."""
    style = PAGE_STYLES[template]
    paragraphs = []
    for _ in range(44 if style.table else 60):
        if style.table:
            text = f"{words.title(rng, 2)} {words.digits(rng, 5)} {words.price(rng, 900):.2f}"
        else:
            text = " ".join(words.sentence(rng) for _ in range(rng.randint(2, 5)))
        paragraphs.append(tuple(Token(part, part) for part in text.split()))
    return Page(rng.randint(2, 300), words.title(rng), tuple(paragraphs))


def change_word(page: Page, rng: random.Random) -> Page:
    """The same page with another word or number in one place near its top."""
    where = rng.randrange(3)
    paragraph = list(page.paragraphs[where])
    candidates = [i for i, token in enumerate(paragraph) if len(token.slot) >= 4]
    at = rng.choice(candidates)
    slot = paragraph[at].slot
    shown = slot
    while shown == slot:
        shown = "".join(_other_letter(letter, rng) for letter in slot)
    paragraph[at] = Token(slot, shown)
    paragraphs = list(page.paragraphs)
    paragraphs[where] = tuple(paragraph)
    return replace(page, paragraphs=tuple(paragraphs))


def _other_letter(letter: str, rng: random.Random) -> str:
    if letter.isdigit():
        return rng.choice("0123456789")
    return rng.choice("aceimnorstuvwx") if letter.isalpha() else letter


def draw_page(template: str, page: Page) -> Image.Image:
    """The page in black on white."""
    style = PAGE_STYLES[template]
    image = Image.new("L", PAGE, 255)
    draw = ImageDraw.Draw(image)
    bold = font(f"{style.face}-Bold", style.size + 6)
    text = font(style.face, style.size)
    width, height = PAGE
    if style.header:
        draw.text((style.margin, 50), style.document, 60, font(style.face, 14))
        draw.text((width - style.margin - 40, 50), str(page.number), 60, font(style.face, 14))
    if style.rule:
        draw.line((style.margin, 76, width - style.margin, 76), 90, 2)
        draw.line((style.margin, height - 76, width - style.margin, height - 76), 90, 2)
    draw.text((style.margin, 100), page.heading, 0, bold)
    gap = 40
    column = (width - 2 * style.margin - gap * (style.columns - 1)) // style.columns
    lines = _lines(style, page, column, text)
    step = round(style.size * style.leading)
    per_column = (height - 100 - 160) // step
    for i, line in enumerate(lines[: per_column * style.columns]):
        left = style.margin + (i // per_column) * (column + gap)
        top = 160 + (i % per_column) * step
        for x, shown in line:
            draw.text((left + x, top), shown, 0, text)
    return image


def _lines(
    style: PageStyle, page: Page, column: int, text: ImageFont.FreeTypeFont
) -> list[list[tuple[int, str]]]:
    """Lines of (x, word), broken where the column ends."""
    lines: list[list[tuple[int, str]]] = []
    space = round(text.getlength(" "))
    for number, paragraph in enumerate(page.paragraphs, 1):
        if style.table:
            *label, code, amount = paragraph
            stops = [0, *[0] * (len(label) - 1), column * 6 // 10, column - 100]
            line, x = [], 0
            for stop, token in zip(stops, paragraph):
                x = max(x, stop)
                line.append((x, token.shown))
                x += round(text.getlength(token.slot)) + space
            lines.append(line)
            continue
        indent = 45 if style.numbered else 0
        line = [(0, f"{number}.")] if style.numbered else []
        x = indent or (24 if lines else 0)
        for token in paragraph:
            advance = round(text.getlength(token.slot))
            if x + advance > column and line:
                lines.append(line)
                line, x = [], indent
            line.append((x, token.shown))
            x += advance + space
        lines.append(line)
        if style.numbered:
            lines.append([])
    return lines


@dataclass(frozen=True)
class Score:
    """Sheet music: for each stave its bars of (pitch, length) notes."""

    heading: str
    staves: tuple[tuple[tuple[tuple[int, int], ...], ...], ...]
    lyrics: tuple[str, ...]


MUSIC_STYLES = {
    "melody": (1, False, 90),
    "piano": (2, False, 80),
    "song": (1, True, 120),
    "choir": (4, True, 80),
}
"""Staves that belong together, whether there are words below, and the distance of staves."""


def compose_music(template: str, rng: random.Random) -> Score:
    """Eleven or so systems of four bars of notes that wander up and down."""
    staves = []
    for _ in range(14):
        pitch = rng.randint(2, 8)
        bars = []
        for _ in range(4):
            bar = []
            for length in rng.choice(((4, 4, 4, 4), (8, 8, 4, 2), (2, 4, 4), (8,) * 8, (1,))):
                pitch = min(11, max(-2, pitch + rng.randint(-3, 3)))
                bar.append((pitch, length))
            bars.append(tuple(bar))
        staves.append(tuple(bars))
    lyrics = tuple(words.sentence(rng, 7, 9) for _ in range(14))
    return Score(words.title(rng, 2), tuple(staves), lyrics)


def draw_music(template: str, score: Score) -> Image.Image:
    """Staves, bar lines, notes with stems; no clefs in the font, so a bracket stands for them."""
    together, lyrics, distance = MUSIC_STYLES[template]
    image = Image.new("L", PAGE, 255)
    draw = ImageDraw.Draw(image)
    draw.text((360, 50), score.heading, 0, font("Serif-Bold", 28))
    left, right, gap = 80, 920, 10
    top = 140
    for index, stave in enumerate(score.staves):
        if top + 4 * gap > PAGE[1] - 70:
            break
        for line in range(5):
            draw.line((left, top + line * gap, right, top + line * gap), 0, 1)
        first = index % together == 0
        draw.rectangle((left - 8, top - (0 if first else distance - 40), left - 4, top + 40), 0)
        draw.text((left + 4, top - 6), "4", 0, font("Serif-Bold", 24))
        draw.text((left + 4, top + 14), "4", 0, font("Serif-Bold", 24))
        width = (right - left - 30) / 4
        for number, bar in enumerate(stave):
            start = left + 30 + number * width
            draw.line((start + width, top, start + width, top + 4 * gap), 0, 2)
            for at, (pitch, length) in enumerate(bar):
                _draw_note(draw, start + 14 + at * (width - 20) / len(bar), top, gap, pitch, length)
        if lyrics and index % together == together - 1:
            draw.text((left + 40, top + 60), score.lyrics[index], 0, font("Serif", 15))
        top += distance + (50 if index % together == together - 1 else 0)
    return image


def _draw_note(
    draw: ImageDraw.ImageDraw, x: float, top: int, gap: int, pitch: int, length: int
) -> None:
    y = top + 4 * gap - pitch * gap / 2
    head = (x, y - gap / 2 + 1, x + 13, y + gap / 2 - 1)
    draw.ellipse(head, 0 if length > 2 else 255, 0, 2)
    if length > 1:
        up = pitch < 4
        stem, tip = (x + 12, y - 34) if up else (x + 1, y + 34)
        draw.line((stem, y, stem, tip), 0, 2)
        if length == 8:
            draw.line((stem, tip, stem + 9, tip + (12 if up else -12)), 0, 3)


@dataclass(frozen=True)
class Chart:
    """Numbers and their names."""

    heading: str
    labels: tuple[str, ...]
    series: tuple[tuple[float, ...], ...]


CHART_STYLES = ("bars", "lines", "pie", "scatter")
SERIES_COLOURS = ("#4472c4", "#ed7d31", "#70ad47", "#ffc000", "#7d5ba6", "#c0504d", "#2a9d8f")


def compose_chart(template: str, rng: random.Random) -> Chart:
    """Two or three series of a dozen numbers (a pie has one)."""
    count = {"pie": rng.randint(4, 7), "scatter": 40}.get(template, rng.randint(6, 12))
    rows = 1 if template == "pie" else rng.randint(1, 3)
    series = []
    for _ in range(rows):
        value, row = rng.uniform(20, 80), []
        for _ in range(count):
            value = min(97.0, max(4.0, value + rng.uniform(-24, 24)))
            row.append(value)
        series.append(tuple(row))
    labels = tuple(words.long_word(rng, 1).capitalize() for _ in range(count))
    return Chart(words.title(rng, 3), labels, tuple(series))


def draw_chart(template: str, chart: Chart) -> Image.Image:
    """Drawn twice as large and halved, so that edges are smooth."""
    image = Image.new("RGB", (1800, 1200), "white")
    draw = ImageDraw.Draw(image)
    draw.text((160, 40), chart.heading, "#333", font("Sans-Bold", 44))
    box = (160, 140, 1700, 1050)
    if template == "pie":
        _draw_pie(draw, chart)
    else:
        _draw_axes(draw, box)
        for index, row in enumerate(chart.series):
            points = [
                (
                    box[0] + (i + 0.5) * (box[2] - box[0]) / len(row),
                    box[3] - value / 100 * (box[3] - box[1]),
                )
                for i, value in enumerate(row)
            ]
            colour = SERIES_COLOURS[index]
            if template == "lines":
                draw.line(points, colour, 8, "curve")
            for x, y in points:
                if template == "bars":
                    width = (box[2] - box[0]) / len(row) / (len(chart.series) + 1)
                    x0 = x + (index - len(chart.series) / 2) * width
                    draw.rectangle((x0, y, x0 + width, box[3]), colour)
                else:
                    draw.ellipse((x - 11, y - 11, x + 11, y + 11), colour)
        if template != "scatter":
            for i, label in enumerate(chart.labels):
                x = box[0] + (i + 0.2) * (box[2] - box[0]) / len(chart.labels)
                draw.text((x, 1070), label[:7], "#555", font("Sans", 26))
    return image.resize((900, 600), Image.LANCZOS)


def _draw_axes(draw: ImageDraw.ImageDraw, box: tuple[int, int, int, int]) -> None:
    left, top, right, bottom = box
    for step in range(0, 101, 20):
        y = bottom - step / 100 * (bottom - top)
        draw.line((left, y, right, y), "#ddd" if step else "#555", 3)
        draw.text((left - 80, y - 18), str(step), "#555", font("Sans", 30))


def _draw_pie(draw: ImageDraw.ImageDraw, chart: Chart) -> None:
    (row,) = chart.series
    start = -90.0
    for i, value in enumerate(row):
        end = start + 360 * value / sum(row)
        draw.pieslice((300, 200, 1140, 1040), start, end, SERIES_COLOURS[i], "white", 4)
        draw.rectangle((1300, 300 + 80 * i, 1340, 340 + 80 * i), SERIES_COLOURS[i])
        text = f"{chart.labels[i]} {100 * value / sum(row):.0f} %"
        draw.text((1360, 300 + 80 * i), text, "#333", font("Sans", 32))
        start = end


def caption(image: Image.Image, text: str, share: float = 0.16) -> Image.Image:
    """The picture with a line of text in a bar at its bottom, as people pass pictures on."""
    out = image.convert("RGB")
    height = max(14, round(out.height * share))
    draw = ImageDraw.Draw(out)
    draw.rectangle((0, out.height - height, out.width, out.height), "white")
    size = max(9, round(height * 0.45))
    while size > 8 and font("Sans-Bold", size).getlength(text) > out.width * 0.94:
        size -= 1
    width = font("Sans-Bold", size).getlength(text)
    at = ((out.width - width) / 2, out.height - height / 2 - size * 0.6)
    draw.text(at, text, "black", font("Sans-Bold", size))
    return out
