"""Pictures, copies and pairs for the benchmark of copies, from nothing but a seed.

usage: python3 models/copies/make.py sources|pairs --work DIR [--scale S] [--edits E] [--kinds a,b]
           [--reference DIR]

`sources` draws every picture that is not a copy; for those that a browser has to draw it writes HTML
and `render.json`, a list of what to draw at which size (scripts/lib/copies.mjs does). `pairs` makes the
copies and writes `pairs.csv`. With --reference, photographs under images/caltech101/<class>/,
caltech101-background/ and imagenet-sample/ there take part. What is there already isn't made again.
A scale of 0.1 makes a tenth of everything, --edits 0.1 a tenth of the copies.

Columns of pairs.csv:
  a, b            files, relative to DIR (photographs: absolute)
  label           identical: the same pixels; copy: nothing but the picture, edited; variant: the
                  same picture where something else is shown somewhere; different
  kind, edit      the kind of picture, and how b was made from a
  half            fit or held-out; no template and no photograph is in both
  template_a, _b  what the picture was made from
  width_a, height_a, width_b, height_b
  transform       where the point (x, y) of a lies in b: six numbers, see copying.py
  changes         places of a where b shows something else: `left top width height`, joined by `;`
"""

from __future__ import annotations

import argparse
import csv
import json
import random
from collections.abc import Iterator
from dataclasses import astuple, dataclass, fields
from itertools import cycle, islice
from pathlib import Path

from PIL import Image

import copying
from kinds import KINDS, SIZES, Change, Kind, Sizes
from progress import parallel
from screens import VIEWPORTS

SEED = 17
HALVES = ("fit", "held-out")
PHOTOS = "photos"
WHOLE_EDITS = ("jpeg-30", "jpeg-60", "jpeg-95", "size-50", "size-200", "turn-180", "grey")
"""What leaves a picture without content recognisable."""


@dataclass(frozen=True)
class Source:
    """A picture that is no copy. `name` is its template and number."""

    kind: str
    template: str
    half: str
    name: str
    path: Path


@dataclass(frozen=True)
class Pair:
    """A line of pairs.csv."""

    a: str
    b: str
    label: str
    kind: str
    edit: str
    half: str
    template_a: str
    template_b: str
    width_a: int
    height_a: int
    width_b: int
    height_b: int
    transform: str = ""
    changes: str = ""


def rng_for(*key: object) -> random.Random:
    """A generator of its own for everything that is made, so that nothing hangs on the order."""
    return random.Random(":".join(map(str, (SEED, *key))))


def sources_of(kind: Kind, half: str, sizes: Sizes, out: Path) -> list[Source]:
    """The sources of a kind in one half, its templates in turn."""
    templates = kind.templates_of(half)
    count = max(sizes.sources, sizes.changed_of(kind))
    return [
        Source(kind.name, template, half, name, out / "sources" / kind.name / f"{name}.png")
        for number, template in enumerate(islice(cycle(templates), count))
        for name in (f"{template}-{half}-{number:03}",)
    ]


def changed_path(source: Source, change: Change) -> Path:
    """Where the changed version lies."""
    return source.path.with_name(f"{source.name}-{change.name}.png")


def _contents(kind: Kind, source: Source) -> tuple[object, object]:
    """What a source shows, and what its changed version shows."""
    content = kind.compose(source.template, rng_for(kind.name, source.name))
    if kind.change is None:
        return content, None
    rng = rng_for(kind.name, source.name, kind.change.name)
    return content, kind.change.apply(content, rng)


def draw_source(kind: Kind, source: Source, change: Change | None) -> list[dict[str, object]]:
    """Draws a source, or its changed version; or writes HTML and says how to draw it."""
    target = source.path if change is None else changed_path(source, change)
    if target.exists():
        return []
    content = _contents(kind, source)[change is not None]
    drawn = kind.draw(source.template, content)
    target.parent.mkdir(parents=True, exist_ok=True)
    if isinstance(drawn, Image.Image):
        copying.write(copying.Copy(drawn), target.with_suffix(""))
        return []
    page = target.with_suffix(".html")
    page.write_text(drawn)
    viewport = VIEWPORTS[kind.name]
    return [
        {
            "html": str(page),
            "png": str(target),
            "width": viewport.width,
            "height": viewport.height,
            "scale": viewport.scale,
        }
    ]


def make_sources(kinds: list[Kind], sizes: dict[str, Sizes], out: Path) -> None:
    """Draws everything that Pillow can draw and writes `render.json` for the rest."""
    tasks: list[tuple[str, Source, bool]] = []
    for kind in kinds:
        for half in HALVES:
            all_sources = sources_of(kind, half, sizes[half], out)
            tasks += [(kind.name, source, False) for source in all_sources]
            changed = all_sources[: sizes[half].changed_of(kind)]
            tasks += [(kind.name, source, True) for source in changed]
    jobs = [job for found in parallel(_draw_task, tasks, "drawing") for job in found]
    (out / "render.json").write_text(json.dumps(jobs, indent=1))


def _draw_task(task: tuple[str, Source, bool]) -> list[dict[str, object]]:
    name, source, changed = task
    kind = next(kind for kind in KINDS if kind.name == name)
    return draw_source(kind, source, kind.change if changed else None)


def flat(path: Path) -> Image.Image:
    """The picture without transparency: light artwork on black, dark artwork on white."""
    image = Image.open(path)
    if image.mode != "RGBA":
        return image.convert("RGB")
    solid = Image.new("RGBA", image.size, "white")
    shown = Image.alpha_composite(solid, image).convert("RGB")
    if min(low for low, _ in shown.getextrema()) < 128:
        return shown
    return Image.alpha_composite(Image.new("RGBA", image.size, "black"), image).convert("RGB")


@dataclass(frozen=True)
class CopyTask:
    """Copies of one source to be made."""

    source: Source
    recipes: tuple[str, ...]
    others: tuple[Path, ...]
    out: Path


def make_copies(task: CopyTask) -> list[Pair]:
    """Writes copies of a source, and what is true about them."""
    source = task.source
    folder = task.out / "copies" / source.kind
    truth = folder / f"{source.name}.json"
    key = list(task.recipes)
    if truth.exists():
        known = json.loads(truth.read_text())
        if known["recipes"] == key:
            return [Pair(**row) for row in known["pairs"]]
    original, path = flat(source.path), source.path
    if Image.open(source.path).mode == "RGBA":
        path = copying.write(copying.Copy(original), folder / f"{source.name}-flat")
    others = [flat(other) for other in task.others]
    pairs = []
    for recipe in copying.RECIPES:
        if recipe.name not in task.recipes:
            continue
        copy = recipe.make(original, rng_for(source.kind, source.name, recipe.name), others)
        target = copying.write(copy, folder / f"{source.name}-{recipe.name}")
        label = "variant" if recipe.variant else "copy"
        pairs.append(pair_of(path, target, label, recipe.name, source, source, task.out, copy))
    truth.parent.mkdir(parents=True, exist_ok=True)
    truth.write_text(json.dumps({"recipes": key, "pairs": [vars(pair) for pair in pairs]}))
    return pairs


def pair_of(
    a: Path,
    b: Path,
    label: str,
    edit: str,
    source_a: Source,
    source_b: Source,
    out: Path,
    truth: copying.Copy | None = None,
) -> Pair:
    """A line of pairs.csv about two files that exist."""
    with Image.open(a) as first, Image.open(b) as second:
        sizes = (*first.size, *second.size)
    kind = source_a.kind if source_a.kind == source_b.kind else "across"
    names = [
        str(path.relative_to(out)) if path.is_relative_to(out) else str(path) for path in (a, b)
    ]
    return Pair(
        *names,
        label,
        kind,
        edit,
        source_a.half,
        source_a.template,
        source_b.template,
        *sizes,
        transform="" if truth is None else " ".join(f"{v:.9g}" for v in truth.transform),
        changes="" if truth is None else ";".join(" ".join(map(str, box)) for box in truth.changes),
    )


def copy_tasks(sources: list[Source], sizes: Sizes, edits: str, out: Path) -> list[CopyTask]:
    """Which copies are made of which source: they take turns, so that all get some of each."""
    edited = sources[: sizes.edited]
    recipes: dict[str, list[str]] = {source.name: [] for source in edited}
    turn = cycle(edited)
    for recipe in copying.RECIPES:
        if edits == "whole" and recipe.name not in WHOLE_EDITS:
            continue
        each = sizes.each_today if recipe.today else sizes.each_harder
        for source in islice(turn, min(len(edited), each)):
            recipes[source.name].append(recipe.name)
    return [
        CopyTask(
            source,
            tuple(recipes[source.name]),
            tuple(sources[(i + k) % len(sources)].path for k in (1, 2, 3)),
            out,
        )
        for i, source in enumerate(edited)
    ]


def different_pairs(sources: list[Source], count: int, out: Path, key: str) -> Iterator[Pair]:
    """Two sources each, three of four pairs from one template; no pair twice."""
    rng = rng_for("different", key)
    seen: set[frozenset[str]] = set()
    possible = len(sources) * (len(sources) - 1) // 2
    for _ in range(count * 50):
        if len(seen) == min(count, possible):
            return
        a, b = rng.sample(sources, 2)
        if frozenset((a.name, b.name)) in seen or (
            rng.random() < 0.75 and a.template != b.template
        ):
            continue
        if a.kind == "plain" and _colours_close(a.path, b.path):
            continue
        seen.add(frozenset((a.name, b.name)))
        yield pair_of(a.path, b.path, "different", "", a, b, out)


def _colours_close(a: Path, b: Path) -> bool:
    """Whether two plain pictures would pass for one another."""
    first, second = (Image.open(path).convert("RGB").resize((1, 1), Image.BOX) for path in (a, b))
    if "line" in a.name and "line" in b.name:
        return False
    return all(abs(x - y) < 40 for x, y in zip(first.getpixel((0, 0)), second.getpixel((0, 0))))


def changed_pairs(kind: Kind, sources: list[Source], out: Path) -> Iterator[Pair]:
    """Sources against their changed versions. Every second one has been a JPEG in between: nobody
    changes a sum and keeps all other pixels."""
    change = kind.change
    assert change is not None
    for number, source in enumerate(sources):
        target = changed_path(source, change)
        with Image.open(source.path) as before, Image.open(target) as after:
            transform, changes = copying.IDENTITY, copying.differences(before, after)
            if not changes:
                continue
            if change.truth is not None:
                transform, changes = change.truth(*_contents(kind, source))
            if number % 2 == 1 and after.mode != "RGBA":
                saved = copying.Copy(after, suffix=".jpg", options=(("quality", 80),))
                target = copying.write(saved, out / "copies" / kind.name / target.stem)
            truth = copying.Copy(after, transform, changes)
        known = None if change.label == "different" else truth
        yield pair_of(source.path, target, change.label, change.name, source, source, out, known)


def identical_pairs(sources: list[Source], count: int, out: Path) -> Iterator[Pair]:
    """The same pixels in a file that was compressed otherwise."""
    for source in sources[:count]:
        target = out / "copies" / source.kind / f"{source.name}-again.png"
        target.parent.mkdir(parents=True, exist_ok=True)
        if not target.exists():
            Image.open(source.path).save(target, compress_level=6)
        yield pair_of(source.path, target, "identical", "again", source, source, out)


def photographs(reference: Path, half: str) -> list[Source]:
    """Photographs of one half, shuffled; a class of Caltech-101 is a template, others are alone."""
    images = reference / "images"
    paths = sorted(images.glob("caltech101/*/*.jpg"))
    paths += sorted(images.glob("caltech101-background/*.jpg"))
    paths += sorted(images.glob("imagenet-sample/*"))
    paths = [path for path in paths if path.suffix.lower() in (".jpg", ".jpeg", ".png")]
    rng_for(PHOTOS).shuffle(paths)
    chosen = paths[0::2] if half == "fit" else paths[1::2]
    found = []
    for path in chosen:
        folder = path.parent.name
        template = folder if path.parent.parent.name == "caltech101" else path.stem
        found.append(Source(PHOTOS, template, half, f"{folder}-{path.stem}", path))
    return found


def photograph_pairs(photos: list[Source], sizes: Sizes, out: Path, half: str) -> Iterator[Pair]:
    """Strangers, and different photographs of one class (their kind is `photos-class`)."""
    rng = rng_for("photographs", half)
    seen: set[frozenset[str]] = set()
    while len(seen) < sizes.strangers:
        a, b = rng.sample(photos, 2)
        key = frozenset((a.name, b.name))
        if a.template != b.template and key not in seen:
            seen.add(key)
            yield pair_of(a.path, b.path, "different", "", a, b, out)
    by_class: dict[str, list[Source]] = {}
    for photo in photos:
        by_class.setdefault(photo.template, []).append(photo)
    classes = [members for members in by_class.values() if len(members) >= 8]
    seen.clear()
    while len(seen) < sizes.one_class:
        a, b = rng.sample(rng.choice(classes), 2)
        key = frozenset((a.name, b.name))
        if key in seen:
            continue
        seen.add(key)
        pair = pair_of(a.path, b.path, "different", "", a, b, out)
        yield Pair(**{**vars(pair), "kind": "photos-class"})


def make_pairs(
    kinds: list[Kind], all_sizes: dict[str, Sizes], out: Path, reference: Path | None
) -> Iterator[Pair]:
    """Everything, half by half and kind by kind; copies come last in each half."""
    for half in HALVES:
        sizes = all_sizes[half]
        tasks: list[CopyTask] = []
        everything: dict[str, list[Source]] = {}
        for kind in kinds:
            sources = sources_of(kind, half, sizes, out)
            everything[kind.name] = sources
            yield from different_pairs(sources, sizes.different, out, f"{kind.name}{half}")
            if kind.change is not None:
                yield from changed_pairs(kind, sources[: sizes.changed_of(kind)], out)
            yield from identical_pairs(sources, sizes.identical, out)
            tasks += copy_tasks(sources, sizes, kind.edits, out)
        if len(kinds) > 1:
            rng = rng_for("across", half)
            for _ in range(sizes.across):
                one, other = rng.sample(kinds, 2)
                a, b = (rng.choice(everything[kind.name]) for kind in (one, other))
                yield pair_of(a.path, b.path, "different", "", a, b, out)
        if reference is not None:
            photos = photographs(reference, half)
            yield from photograph_pairs(photos, sizes, out, half)
            tasks += copy_tasks(photos, sizes, "all", out)
        for pairs in parallel(make_copies, tasks, f"copies, {half}"):
            yield from pairs


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("step", choices=("sources", "pairs"))
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--edits", type=float, default=1.0)
    parser.add_argument("--kinds", default="")
    parser.add_argument("--reference", type=Path)
    args = parser.parse_args()
    names = args.kinds.split(",") if args.kinds else [kind.name for kind in KINDS]
    kinds = [kind for kind in KINDS if kind.name in names]
    out: Path = args.work.resolve()
    out.mkdir(parents=True, exist_ok=True)
    sizes = {half: SIZES[half].scaled(args.scale, args.edits) for half in HALVES}
    if args.step == "sources":
        make_sources(kinds, sizes, out)
        return
    reference = args.reference.resolve() if args.reference else None
    part = out / "pairs.csv.part"
    with part.open("w", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(field.name for field in fields(Pair))
        for pair in make_pairs(kinds, sizes, out, reference):
            writer.writerow(astuple(pair))
    part.rename(out / "pairs.csv")


if __name__ == "__main__":
    main()
