"""What tests ask about the pictures of models/copies: prints JSON.

usage: python3 tests/support/copies_side.py transforms | pairs DIR
"""

from __future__ import annotations

import csv
import json
import sys
from pathlib import Path

import numpy as np
from PIL import Image

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "models/copies"))

import copying  # noqa: E402
import scenes  # noqa: E402
from make import rng_for  # noqa: E402


def transforms() -> dict[str, float]:
    """For each recipe: how well the copy, brought back by its transform, agrees with the original."""
    # Coloured squares of eight pixels: two pixels aside they agree with nothing.
    squares = np.random.default_rng(1).integers(0, 256, (48, 63, 3), np.uint8)
    view = Image.fromarray(squares).resize((504, 384), Image.NEAREST)
    others = [scenes.gradient("linear", rng_for("other", i)) for i in range(3)]
    grey = np.asarray(view.convert("L"), float)
    y, x = np.mgrid[8:376:3, 8:496:3]
    found = {}
    for recipe in copying.RECIPES:
        copy = recipe.make(view, rng_for("test", recipe.name), others)
        a, b, c, d, e, f = copy.transform
        pixels = np.asarray(copy.image.convert("L"), float)
        column = np.rint(a * (x + 0.5) + b * (y + 0.5) + c - 0.5).astype(int)
        row = np.rint(d * (x + 0.5) + e * (y + 0.5) + f - 0.5).astype(int)
        # Corners that were turned out of the picture are ground, and count as lying outside.
        inside = (row >= 0) & (column >= 0) & (row < pixels.shape[0]) & (column < pixels.shape[1])
        for left, top, width, height in copy.changes:
            inside &= ~((x >= left) & (x < left + width) & (y >= top) & (y < top + height))
        first = grey[y[inside], x[inside]]
        second = pixels[row[inside], column[inside]]
        found[recipe.name] = float(np.corrcoef(first, second)[0, 1])
    return found


def pairs(root: Path) -> list[dict[str, object]]:
    """For each pair whether the pixels are the same, and whether they differ outside of `changes`."""
    found = []
    with (root / "pairs.csv").open() as stream:
        for row in csv.DictReader(stream):
            a, b = (Image.open(root / row[name]).convert("RGBA") for name in ("a", "b"))
            fact = {"same": a.size == b.size and a.tobytes() == b.tobytes(), "outside": 0}
            if row["changes"] and a.size == b.size:
                unlike = (np.asarray(a, int) != np.asarray(b, int)).any(-1)
                for box in row["changes"].split(";"):
                    left, top, width, height = map(int, box.split())
                    unlike[top : top + height, left : left + width] = False
                fact["outside"] = int(unlike.sum())
            sizes = [row[f"{side}_{name}"] for name in "ab" for side in ("width", "height")]
            fact["sizes"] = sizes == [str(side) for side in (*a.size, *b.size)]
            found.append({**row, **fact})
    return found


if __name__ == "__main__":
    print(json.dumps(transforms() if sys.argv[1] == "transforms" else pairs(Path(sys.argv[2]))))
