"""The table of the benchmark: what Likeness and its peers call each kind of pair.

usage: python3 models/copies/table.py --work DIR --scores FILE... [--half HALF]

Scores are files of `image-likeness evaluate --scores`: a, b, score, verdict, and two columns of JSON
where a pair was registered: `registration`, of which the matrix is read, six numbers as in pairs.csv,
and `places`, a list of {"a": {x, y, width, height}} in pixels of a. Verdicts may have any name; the ladder's come first. Peers are read from DIR/peers.csv
(see peers.py) where it is there.
"""

from __future__ import annotations

import argparse
import csv
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from copying import IDENTITY, RECIPES

LADDER = ("identical", "near-duplicate", "variant", "similar", "different")
COPIES = ("identical", "near-duplicate")
FOUND = (*COPIES, "variant")

ORB_SHARE, ORB_TILES, ORB_INLIERS = 0.8, 6, 8
"""From where on the yardstick calls a pair a copy."""

Row = dict[str, str]

PEERS: dict[str, Callable[[Row], bool]] = {
    "pdq": lambda row: int(row["pdq"]) <= 31,
    "phash": lambda row: int(row["phash"]) <= 10,
    "dhash": lambda row: int(row["dhash"]) <= 5,
    "orb": lambda row: (
        float(row["orb_share"]) >= ORB_SHARE
        and int(row["orb_tiles"]) >= ORB_TILES
        and int(row["orb_inliers"]) >= ORB_INLIERS
    ),
}

WITHOUT_CONTENT = ("plain", "gradients")
ONE_WORD = ("word", "sum", "field", "name")
TODAY = tuple(recipe.name for recipe in RECIPES if recipe.today)
HARDEST = ("collage", "corner-50", "sticker-25", "text-25", "noise")
"""Edits of which 90 % are asked for; of the other harder ones 95 %."""

SCORES = {
    "identical": (99.0, 100.0),
    "near-duplicate": (88.0, 99.99),
    "variant": (88.0, 97.0),
    "similar": (40.0, 88.0),
    "different": (0.0, 40.0),
}
"""Which scores go with a verdict; the upper end of the last two doesn't belong to it."""


@dataclass(frozen=True)
class Judged:
    """A pair, what Likeness says of it and which peers call it a copy."""

    pair: Row
    verdict: str
    score: float
    registration: dict | None
    places: list[dict]
    peers: dict[str, bool]


def read(path: Path) -> list[Row]:
    """The lines of a CSV file."""
    with path.open() as stream:
        return list(csv.DictReader(stream))


def judged_pairs(out: Path, scores: Iterable[Path]) -> list[Judged]:
    """All pairs that were scored, with what is known about them."""
    scored = {(row["a"], row["b"]): row for path in scores for row in read(path)}
    peers_file = out / "peers.csv"
    peers = {(row["a"], row["b"]): row for row in read(peers_file)} if peers_file.exists() else {}
    found = []
    for pair in read(out / "pairs.csv"):
        key = (pair["a"], pair["b"])
        if key not in scored:
            continue
        row = scored[key]
        text, places = row.get("registration", ""), row.get("places", "")
        found.append(
            Judged(
                pair,
                row["verdict"],
                float(row["score"]),
                json.loads(text) if text else None,
                json.loads(places) if places else [],
                {name: rule(peers[key]) for name, rule in PEERS.items()} if key in peers else {},
            )
        )
    return found


def percent(values: Iterable[bool]) -> float:
    """Of so many things so many in a hundred; not a number for none."""
    items = list(values)
    return 100 * sum(items) / len(items) if items else float("nan")


def line(name: str, group: list[Judged], verdicts: list[str]) -> str:
    """A line of a table: shares of the verdicts, then what the peers call copies."""
    cells = [percent(item.verdict == verdict for item in group) for verdict in verdicts]
    with_peers = [item.peers for item in group if item.peers]
    cells += [percent(item[peer] for item in with_peers) for peer in PEERS]
    text = "".join(f"{'' if cell != cell else f'{cell:.1f}':>10}" for cell in cells)
    return f"{name:<22}{len(group):>6}{text}"


def header(verdicts: list[str]) -> str:
    """The names above the columns."""
    names = [name.replace("near-duplicate", "near-dup") for name in verdicts]
    return f"{'':<22}{'n':>6}" + "".join(f"{name[:9]:>10}" for name in (*names, *PEERS))


def groups(items: list[Judged], key: Callable[[Judged], str]) -> dict[str, list[Judged]]:
    """Items by a key, in the order of their first ones."""
    found: dict[str, list[Judged]] = {}
    for item in items:
        found.setdefault(key(item), []).append(item)
    return found


def contradicts(item: Judged) -> bool:
    """Whether score and verdict say two things; a verdict of an unknown name can't."""
    if item.verdict not in SCORES:
        return False
    least, most = SCORES[item.verdict]
    if item.verdict in ("similar", "different"):
        return not least <= item.score < most
    return not least <= item.score <= most


def matrix_of(item: Judged) -> np.ndarray | None:
    """The transform that Likeness found, as two rows."""
    if item.registration is None:
        return None
    return np.array(item.registration["matrix"], float).reshape(2, 3)


def corner_error(item: Judged) -> float | None:
    """How far the worst corner of a lies from its true place in b, as a share of a's longer side."""
    found = matrix_of(item)
    if found is None or not item.pair["transform"]:
        return None
    true = np.array(item.pair["transform"].split(), float).reshape(2, 3)
    w, h = int(item.pair["width_a"]), int(item.pair["height_a"])
    corners = np.array([(0, 0, 1), (w, 0, 1), (w, h, 1), (0, h, 1)], float).T
    scale = np.sqrt(abs(np.linalg.det(true[:, :2])))
    apart = np.linalg.norm((found - true) @ corners, axis=0).max()
    return float(apart / (scale * max(w, h)))


Box = tuple[float, float, float, float]


def changes_of(item: Judged) -> list[Box]:
    """The places that were really changed."""
    return [
        tuple(map(float, box.split())) for box in item.pair["changes"].split(";") if box
    ]  # type: ignore[misc]


def places_of(item: Judged) -> list[Box]:
    """The places that Likeness names."""
    return [tuple(place["a"][k] for k in ("x", "y", "width", "height")) for place in item.places]


def overlap(a: Box, b: Box) -> float:
    """The area that two rectangles share."""
    width = min(a[0] + a[2], b[0] + b[2]) - max(a[0], b[0])
    height = min(a[1] + a[3], b[1] + b[3]) - max(a[1], b[1])
    return max(0.0, width) * max(0.0, height)


def around(box: Box, margin: float) -> Box:
    """The rectangle with a margin."""
    x, y, w, h = box
    return x - margin, y - margin, w + 2 * margin, h + 2 * margin


def rectangles(items: list[Judged]) -> tuple[float, float]:
    """Of pairs with one change: how many percent name a place that covers half of it, at least; and
    the median number of places that are named elsewhere."""
    hits, false = [], []
    for item in items:
        (change,) = changes_of(item)
        margin = 0.02 * max(int(item.pair["width_a"]), int(item.pair["height_a"]))
        places = places_of(item)
        hits.append(any(overlap(change, place) >= 0.5 * change[2] * change[3] for place in places))
        false.append(sum(overlap(around(change, margin), place) == 0 for place in places))
    return percent(hits), float(np.median(false))


def tables(items: list[Judged]) -> Iterable[str]:
    """By label, by kind and by edit."""
    seen = {item.verdict for item in items}
    verdicts = [v for v in LADDER if v in seen] + sorted(seen - set(LADDER))
    yield header(verdicts)
    for label, group in groups(items, lambda item: item.pair["label"]).items():
        yield line(f"all {label}", group, verdicts)
    for label in ("different", "variant", "copy", "identical"):
        yield ""
        yield f"{label}, by kind"
        chosen = [item for item in items if item.pair["label"] == label]
        for kind, group in groups(chosen, lambda item: item.pair["kind"]).items():
            yield line(f"  {kind}", group, verdicts)
    for label in ("copy", "variant"):
        yield ""
        yield f"{label}, by edit (kinds with content)"
        chosen = [
            item
            for item in items
            if item.pair["label"] == label and item.pair["kind"] not in WITHOUT_CONTENT
        ]
        edits = groups(chosen, lambda item: item.pair["edit"])
        order = [recipe.name for recipe in RECIPES if recipe.name in edits]
        for edit in (*order, *(edit for edit in edits if edit not in order)):
            yield line(f"  {edit}", edits[edit], verdicts)


def targets(items: list[Judged]) -> Iterable[str]:
    """What is asked for, and what is so."""
    yield from _wrong(items)
    yield from _found(items)
    yield from _places(items)
    yield from _corners(items)
    yield from _contradictions(items)


def called(group: Iterable[Judged], *verdicts: str) -> float:
    """How many percent have one of these verdicts."""
    return percent(item.verdict in verdicts for item in group)


def _labelled(items: list[Judged], label: str) -> list[Judged]:
    return [item for item in items if item.pair["label"] == label]


def _wrong(items: list[Judged]) -> Iterable[str]:
    """Pictures that are no copies and are called so."""
    different = _labelled(items, "different")
    kinds = groups(different, lambda item: item.pair["kind"])
    wrong = {kind: called(group, *COPIES) for kind, group in kinds.items()}
    worst = max(wrong, key=wrong.__getitem__)
    yield (
        f"different pairs called copies: {called(different, *COPIES):.2f} % of {len(different)}"
        f" (at most 0.2), in the worst kind ({worst}) {wrong[worst]:.1f} % (at most 1)"
    )
    strangers = kinds.get("photos", [])
    count = sum(item.verdict in COPIES for item in strangers)
    yield f"strangers among photographs called copies: {count} of {len(strangers)} (none)"
    changed = _labelled(items, "variant")
    yield f"variants called copies: {called(changed, *COPIES):.1f} % of {len(changed)} (at most 1)"
    alike = {
        kind: called(group, "variant")
        for kind, group in kinds.items()
        if kind not in ("cards", "forms", "codes")
    }
    worst = max(alike, key=alike.__getitem__)
    yield f"different pairs called variant, worst kind: {worst} {alike[worst]:.1f} % (at most 5)"


def _places(items: list[Judged]) -> Iterable[str]:
    """One word or number on something of a thousand pixels."""
    single = [
        item
        for item in _labelled(items, "variant")
        if item.pair["edit"] in ONE_WORD
        and max(int(item.pair["width_a"]), int(item.pair["height_a"])) >= 1000
    ]
    if not single:
        return
    hits, false = rectangles(single)
    yield (
        f"one word or number changed: {called(single, 'variant'):.1f} % of {len(single)} called variant,"
        f" the place named in {hits:.1f} % (at least 95), {false:.1f} false places in the median (at most 1)"
    )


def _corners(items: list[Judged]) -> Iterable[str]:
    """How well moved copies are laid over their originals."""
    still = " ".join(f"{number:.9g}" for number in IDENTITY)
    moved = [item for item in _labelled(items, "copy") if item.pair["transform"] not in ("", still)]
    errors = [error for error in map(corner_error, moved) if error is not None]
    if not errors:
        yield "corners: no pair came with a registration"
        return
    middle, most = 100 * np.quantile(errors, (0.5, 0.95))
    yield (
        f"corners of {len(errors)} of {len(moved)} moved copies: median {middle:.2f} % of the side"
        f" (at most 0.5), 95 % within {most:.2f} (at most 2)"
    )


def _contradictions(items: list[Judged]) -> Iterable[str]:
    wrong = [item for item in items if contradicts(item)]
    yield f"score and verdict contradict: {len(wrong)} of {len(items)} (none)"
    for item in wrong[:3]:
        yield f"  e.g. {item.score:.1f}, {item.verdict}: {item.pair['a']} {item.pair['b']}"


def found(item: Judged) -> bool:
    """Whether a copy was called one; a variant need only be recognised."""
    return item.verdict in (COPIES if item.pair["label"] == "copy" else FOUND)


def _found(items: list[Judged]) -> Iterable[str]:
    made = [
        item
        for item in items
        if item.pair["kind"] not in WITHOUT_CONTENT
        and item.pair["edit"] in {recipe.name for recipe in RECIPES}
    ]
    yield f"edits found: {_beside_opencv(made)}"
    today = [item for item in made if item.pair["edit"] in TODAY]
    yield f"  today's: {_beside_opencv(today)}, at least 99.5"
    edits = groups(made, lambda item: item.pair["edit"])
    for edit in (recipe.name for recipe in RECIPES if recipe.name in edits):
        if edit in TODAY:
            continue
        group = edits[edit]
        asked = 90 if edit in HARDEST else 95
        shares = {
            kind: percent(map(found, some))
            for kind, some in groups(group, lambda item: item.pair["kind"]).items()
        }
        low = [f"{kind} {share:.0f}" for kind, share in shares.items() if share < asked]
        where = f"; below in {', '.join(low)}" if low else ""
        yield f"  {edit}: {_beside_opencv(group)}, at least {asked}{where}"


def _beside_opencv(group: list[Judged]) -> str:
    """The share that was found, and the yardstick's."""
    text = f"{percent(map(found, group)):.1f} % of {len(group)}"
    orb = percent(item.peers["orb"] for item in group if item.peers)
    return text if orb != orb else f"{text} (OpenCV {orb:.1f})"


TITLES = {
    "held-out": "HELD-OUT HALF: templates and photographs that nothing was fitted on",
    "fit": "FITTING HALF: to fit on and to look into; no measure of anything",
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--scores", type=Path, nargs="+", required=True)
    args = parser.parse_args()
    items = judged_pairs(args.work, args.scores)
    for half, title in TITLES.items():
        chosen = [item for item in items if item.pair["half"] == half]
        if not chosen:
            continue
        print(f"{title}\n{'=' * len(title)}\n")
        print(
            "percent of the pairs; of the peers: called copies (pdq <= 31, phash <= 10, dhash <= 5 of 256,"
        )
        print(f"orb: at least {ORB_SHARE:.0%} of the tiles agree)\n")
        print("\n".join(tables(chosen)))
        if half == "held-out":
            print("\nasked for, and found\n" + "\n".join(targets(chosen)))
        print()


if __name__ == "__main__":
    main()
