"""The kinds of pictures in the benchmark, and how many of each."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from PIL import Image, ImageFilter

import marks
import scenes
import screens
import typeset
from copying import IDENTITY, Affine, Box, turned
from typeset import Page

Content = Any
"""What a picture shows; each kind has its own type for it."""


@dataclass(frozen=True)
class Change:
    """Another version of the same content: what it is called, which label the pair gets.

    `truth` tells from both contents how the pictures lie and where they differ; without it they lie
    on each other and differ where their pixels do.
    """

    name: str
    apply: Callable[[Content, random.Random], Content]
    label: str = "variant"
    count: int = 60
    truth: Callable[[Content, Content], tuple[Affine, tuple[Box, ...]]] | None = None


@dataclass(frozen=True)
class Kind:
    """Pictures of one kind. The first half of the templates is for fitting, the second is held out.

    `draw` makes a picture, or HTML for a browser to make one of. `edits` says which copies are made:
    pictures without content only have copies that keep them whole.
    """

    name: str
    templates: tuple[str, ...]
    compose: Callable[[str, random.Random], Content]
    draw: Callable[[str, Content], Image.Image | str]
    change: Change | None = None
    edits: str = "all"

    def templates_of(self, half: str) -> tuple[str, ...]:
        """The templates of one half."""
        middle = len(self.templates) // 2
        return self.templates[:middle] if half == "fit" else self.templates[middle:]


@dataclass(frozen=True)
class Scan:
    """A page on a scanner: how crooked, how grey the paper, which noise."""

    page: Page
    degrees: float
    paper: int
    noise: int


def compose_scan(template: str, rng: random.Random) -> Scan:
    """A page that lies on the glass for the first time."""
    return scan_again(Scan(typeset.compose_page(template, rng), 0, 0, 0), rng)


def scan_again(scan: Scan, rng: random.Random) -> Scan:
    """The same page, put on the glass once more."""
    return replace(
        scan,
        degrees=rng.uniform(-1.8, 1.8),
        paper=rng.randint(222, 246),
        noise=rng.getrandbits(32),
    )


def scan_truth(first: Scan, second: Scan) -> tuple[Affine, tuple[Box, ...]]:
    """Between two scans the page has turned about its middle."""
    return turned(*typeset.PAGE, second.degrees - first.degrees, typeset.PAGE), ()


def moment_truth(first: scenes.Moment, second: scenes.Moment) -> tuple[Affine, tuple[Box, ...]]:
    """The camera stood still; where the thing was and where it is now."""
    return IDENTITY, (scenes.thing_box(first), scenes.thing_box(second))


def draw_scan(template: str, scan: Scan) -> Image.Image:
    """Crooked, a little soft, grey paper that darkens towards one side, noise."""
    page = typeset.draw_page(template, scan.page)
    page = page.rotate(scan.degrees, Image.BICUBIC, fillcolor=255)
    page = page.filter(ImageFilter.GaussianBlur(0.7))
    ink = np.asarray(page, np.float32) / 255
    numbers = np.random.default_rng(scan.noise)
    shade = 1 - 0.05 * np.linspace(0, numbers.uniform(0, 1), ink.shape[1])
    noise = numbers.normal(0, 5, ink.shape)
    return scenes.to_image((30 + ink * (scan.paper - 30)) * shade + noise)


@dataclass(frozen=True)
class Captioned:
    """A picture, by the seed that it is drawn from, and the words below it."""

    seed: int
    text: str


CAPTIONS = (
    "When it is Monday again",
    "Nobody expected this",
    "Me before coffee",
    "Found on a walk",
)


def compose_caption(_template: str, rng: random.Random) -> Captioned:
    """Few captions for many pictures: different pictures often have the same one."""
    return Captioned(rng.getrandbits(32), rng.choice(CAPTIONS))


def other_caption(captioned: Captioned, rng: random.Random) -> Captioned:
    """The same picture with other words."""
    return replace(captioned, text=rng.choice([t for t in CAPTIONS if t != captioned.text]))


def draw_caption(template: str, captioned: Captioned) -> Image.Image:
    """A product, a night, or a landscape with words."""
    rng = random.Random(f"caption:{template}:{captioned.seed}")
    if template in scenes.PROFILES:
        image = scenes.product(template, rng)
    elif template in ("windows", "bokeh"):
        image = scenes.night(template, rng)
    else:
        image = scenes.landscape(template, rng).crop((100, 0, 800, 400))
    return typeset.caption(image, captioned.text)


def whole(draw: Callable[[str, random.Random], Image.Image]) -> dict[str, Any]:
    """For kinds whose pictures are drawn in one go."""
    return {"compose": draw, "draw": lambda _template, image: image}


def blanked(sheet: Image.Image, _rng: random.Random) -> Image.Image:
    """The paper without what stands on it."""
    return Image.new("RGB", sheet.size, sheet.getpixel((0, 0)))


KINDS: tuple[Kind, ...] = (
    Kind(
        "pages",
        ("manual", "novel", "exam", "paper", "ledger", "letter"),
        typeset.compose_page,
        typeset.draw_page,
        Change("word", typeset.change_word, count=80),
    ),
    Kind(
        "scans",
        ("manual", "novel", "exam", "paper", "ledger", "letter"),
        compose_scan,
        draw_scan,
        Change("rescan", scan_again, label="copy", truth=scan_truth),
    ),
    Kind(
        "receipts",
        tuple(screens.RECEIPTS),
        screens.compose_receipt,
        screens.draw_receipt,
        Change("sum", screens.change_sum),
    ),
    Kind(
        "forms",
        tuple(screens.FORMS),
        screens.compose_form,
        screens.draw_form,
        Change("field", screens.change_field),
    ),
    Kind(
        "cards",
        tuple(screens.CARDS),
        screens.compose_card,
        screens.draw_card,
        Change("name", screens.change_name),
    ),
    Kind("chats", tuple(screens.CHATS), screens.compose_chat, screens.draw_chat),
    Kind("desktops", tuple(screens.SCREENS)[:4], screens.compose_screen, screens.draw_screen),
    Kind("phones", tuple(screens.SCREENS)[4:], screens.compose_screen, screens.draw_screen),
    Kind("music", tuple(typeset.MUSIC_STYLES), typeset.compose_music, typeset.draw_music),
    Kind("charts", typeset.CHART_STYLES, typeset.compose_chart, typeset.draw_chart),
    Kind("codes", tuple(marks.QR_STYLES), **whole(marks.draw_qr)),
    Kind(
        "icons",
        marks.ICON_FRAMES,
        marks.compose_icon,
        marks.draw_icon,
        Change("stroke", marks.change_stroke),
    ),
    Kind("logos", ("monogram", "badge", "wordmark", "emblem"), **whole(marks.draw_logo)),
    Kind("products", tuple(scenes.PROFILES), **whole(scenes.product)),
    Kind(
        "plain",
        ("colour-1", "line-1", "colour-2", "line-2"),
        **whole(scenes.plain),
        change=Change("blanked", blanked, label="different"),
        edits="whole",
    ),
    Kind(
        "gradients",
        ("linear", "radial", "conic", "saddle"),
        **whole(scenes.gradient),
        edits="whole",
    ),
    Kind("nights", ("stars", "windows", "street", "bokeh"), **whole(scenes.night)),
    Kind("panoramas", ("ridges", "planks", "skyline", "shelf"), **whole(scenes.landscape)),
    Kind(
        "captions",
        ("bottle", "windows", "ridges", "bowl", "bokeh", "skyline"),
        compose_caption,
        draw_caption,
        Change("caption", other_caption),
    ),
    Kind(
        "bursts",
        ("ball-1", "box-1", "ball-2", "box-2"),
        scenes.compose_moment,
        scenes.draw_moment,
        Change("moved", scenes.next_moment, truth=moment_truth),
    ),
)


@dataclass(frozen=True)
class Sizes:
    """How many of everything one half has, in each kind.

    `edited` sources take turns: each of today's edits is made of `each_today` of them, each harder one
    of `each_harder`. `changed` is the share of Change.count that is made; the last four are counts of
    pairs, the first three of them of photographs and across kinds.
    """

    sources: int
    different: int
    edited: int
    each_today: int
    each_harder: int
    changed: float
    strangers: int
    one_class: int
    across: int
    identical: int

    def scaled(self, scale: float, edits: float) -> Sizes:
        """Everything times `scale`, and the edits of each source times `edits`; one at least. Four
        sources at least, so that a collage can be made."""

        def times(count: int, factor: float = scale) -> int:
            return max(1, round(count * factor))

        return Sizes(
            max(4, times(self.sources)),
            times(self.different),
            times(self.edited),
            times(self.each_today, scale * edits),
            times(self.each_harder, scale * edits),
            self.changed * scale,
            times(self.strangers),
            times(self.one_class),
            times(self.across),
            times(self.identical),
        )

    def changed_of(self, kind: Kind) -> int:
        """How many sources of a kind also have a changed version."""
        return max(1, round(kind.change.count * self.changed)) if kind.change else 0


SIZES = {
    "held-out": Sizes(60, 150, 30, 10, 20, 1.0, 2000, 300, 200, 4),
    "fit": Sizes(30, 60, 12, 4, 6, 0.5, 500, 100, 60, 4),
}
