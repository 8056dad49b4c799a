"""Labelled pairs of pictures to fit a calibration on: identical, edited, similar and different; and
compositions, which have the same middle and other sides, to judge it by.

usage: python3 models/calibrate/pairs.py --reference DIR --out DIR

Reads `reference/folds.json` and `images/caltech101/<class>/` under --reference; writes edited copies
and compositions (lossless PNG) and `pairs.csv` under --out. Everything is drawn with fixed seeds: the same files again.

Columns of pairs.csv: a, b (paths; those of pictures made here are relative to --out, the others
absolute), label, edit (which one, for edited pairs; the form of a composition), class_a, class_b (of a
composition the middle's), fold. All classes of a pair lie in one fold, so that a fold can be held out
whole.
"""

from __future__ import annotations

import argparse
import csv
import json
import random
import sys
from collections.abc import Iterator
from dataclasses import astuple, dataclass, fields
from pathlib import Path

from PIL import Image, ImageOps

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from edits import EDITS, Edit  # noqa: E402

SEED = 20
EDITED_PER_CLASS = 6
SIMILAR_PER_CLASS = 40
DIFFERENT_PER_FOLD = 400
COLLAGES_PER_FOLD, PANORAMAS_PER_FOLD = 6, 2
"""Of each form."""

SIDE = 360
"""Of the square in the middle of a composition, in pixels."""

COMPOSITION_FORMS = {
    "collage-tall": (1, 3),
    "collage-wide": (3, 1),
    "panorama-2:1": (2, 1),
    "panorama-5:2": (2.5, 1),
    "panorama-4:1": (4, 1),
}
"""Width and height in middles. The sides share what the middle leaves."""

GREYSCALE = Edit("greyscale", lambda image, _rng: ImageOps.grayscale(image).convert("RGB"))
LOSSLESS = Edit("png", lambda image, _rng: image)


@dataclass(frozen=True)
class Pair:
    """A line of pairs.csv."""

    a: str
    b: str
    label: str
    edit: str
    class_a: str
    class_b: str
    fold: int


def edited_pairs(images: list[Path], name: str, fold: int, out: Path) -> Iterator[Pair]:
    """Pictures of one class against copies of themselves, which are written to `out`."""
    for path in images:
        original = Image.open(path).convert("RGB")
        is_grey = Image.open(path).mode == "L"
        yield Pair(str(path), str(path), "identical", "same file", name, name, fold)
        edits = [("identical", LOSSLESS), *(("edited", edit) for edit in EDITS)]
        if not is_grey:
            edits.append(("greyscale", GREYSCALE))
        for label, edit in edits:
            copy = Path("edited") / name / f"{path.stem}-{edit.name}.png"
            target = out / copy
            target.parent.mkdir(parents=True, exist_ok=True)
            edit(original, SEED).save(target, compress_level=1)
            yield Pair(str(path), str(copy), label, edit.name, name, name, fold)


def similar_pairs(images: list[Path], name: str, fold: int, rng: random.Random) -> Iterator[Pair]:
    """Two different pictures of one class, no pair twice."""
    seen: set[tuple[Path, ...]] = set()
    possible = len(images) * (len(images) - 1) // 2
    while len(seen) < min(SIMILAR_PER_CLASS, possible):
        pair = tuple(sorted(rng.sample(images, 2)))
        if pair not in seen:
            seen.add(pair)
            yield Pair(str(pair[0]), str(pair[1]), "similar", "", name, name, fold)


def different_pairs(
    classes: dict[str, list[Path]], fold: int, rng: random.Random
) -> Iterator[Pair]:
    """Pictures of two different classes of one fold."""
    for _ in range(DIFFERENT_PER_FOLD):
        first, second = rng.sample(sorted(classes), 2)
        a, b = rng.choice(classes[first]), rng.choice(classes[second])
        yield Pair(str(a), str(b), "different", "", first, second, fold)


def compose(middle: Path, before: Path, after: Path, shape: tuple[float, float]) -> Image.Image:
    """Three pictures in a row or, if the shape is upright, in a column."""
    width, height = (round(SIDE * length) for length in shape)
    beside = (max(width, height) - SIDE) // 2
    composition = Image.new("RGB", (width, height))
    at = 0
    for path, length in ((before, beside), (middle, SIDE), (after, beside)):
        size, place = ((length, SIDE), (at, 0)) if width > height else ((SIDE, length), (0, at))
        composition.paste(ImageOps.fit(Image.open(path).convert("RGB"), size), place)
        at += length
    return composition


def composition_pairs(
    classes: dict[str, list[Path]], fold: int, out: Path, rng: random.Random
) -> Iterator[Pair]:
    """Two pictures with the same middle and other sides, which are written to `out`."""
    all_images = sorted(path for images in classes.values() for path in images)
    for form, shape in COMPOSITION_FORMS.items():
        count = COLLAGES_PER_FOLD if form.startswith("collage") else PANORAMAS_PER_FOLD
        for number in range(count):
            name = rng.choice(sorted(classes))
            middle = rng.choice(classes[name])
            sides = rng.sample([path for path in all_images if path != middle], 4)
            stem = f"{fold}-{form.replace(':', '-')}-{number}"
            paths = [Path("compositions") / f"{stem}-{x}.png" for x in "ab"]
            for path, (before, after) in zip(paths, (sides[:2], sides[2:])):
                (out / path).parent.mkdir(parents=True, exist_ok=True)
                compose(middle, before, after, shape).save(out / path, compress_level=1)
            yield Pair(*map(str, paths), "composition", form, name, name, fold)


def make_pairs(reference: Path, out: Path) -> Iterator[Pair]:
    """All pairs of all folds; progress goes to standard error."""
    folds: dict[str, list[str]] = json.loads((reference / "reference/folds.json").read_text())
    for fold, names in sorted((int(key), value) for key, value in folds.items()):
        rng = random.Random(f"{SEED}:{fold}")
        root = reference / "images/caltech101"
        classes = {name: sorted((root / name).glob("*.jpg")) for name in sorted(names)}
        for name, images in classes.items():
            print(f"fold {fold}: {name}", file=sys.stderr)
            chosen = rng.sample(images, min(EDITED_PER_CLASS, len(images)))
            yield from edited_pairs(sorted(chosen), name, fold, out)
            yield from similar_pairs(images, name, fold, rng)
        yield from different_pairs(classes, fold, rng)
        yield from composition_pairs(classes, fold, out, random.Random(f"{SEED}:{fold}:middle"))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--reference", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()
    out: Path = args.out.resolve()
    out.mkdir(parents=True, exist_ok=True)
    pairs = list(make_pairs(args.reference.resolve(), out))
    with (out / "pairs.csv").open("w", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(field.name for field in fields(Pair))
        writer.writerows(astuple(pair) for pair in pairs)


if __name__ == "__main__":
    main()
