"""The pairs of strangers that a model finds most alike, out of all pairs of some thousand pictures.

usage: python3 models/calibrate/strangers.py --embeddings x.npy --out strangers.csv

x.npy and x.npy.json are what `image-likeness embed` makes of `images/caltech101/<class>/` and
`images/imagenet-sample/` (one photograph of each of a thousand classes). Pairs of two classes whose
embeddings have the largest cosines are written, in the columns of pairs.py; `fold` is always -1, for
their two classes may lie in two folds.

A sample of a few thousand pairs of strangers says nothing about the millions of pairs in a folder. The
few that come closest to a copy are found by looking at all of them.
"""

from __future__ import annotations

import argparse
import csv
import json
from dataclasses import astuple, fields
from pathlib import Path, PurePath

import numpy as np

from pairs import Pair

HARDEST = 4_000
"""How many pairs are written, of some nine million."""


def class_of(path: str) -> str:
    """A folder of Caltech-101 is a class; every other photograph is one of its own."""
    parts = PurePath(path).parts
    return parts[-2] if "caltech101" in parts else "imagenet/" + PurePath(path).stem


def hardest(vectors: np.ndarray, classes: list[str], count: int) -> tuple[np.ndarray, np.ndarray]:
    """Rows of the `count` pairs of two classes with the largest cosines, by rows."""
    unit = vectors.astype(np.float64)
    unit /= np.linalg.norm(unit, axis=1, keepdims=True)
    _, number = np.unique(classes, return_inverse=True)
    first, second = np.triu_indices(len(unit), 1)
    strangers = number[first] != number[second]
    first, second = first[strangers], second[strangers]
    cosine = (unit @ unit.T)[first, second]
    chosen = np.sort(np.argpartition(-cosine, count)[:count])
    return first[chosen], second[chosen]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--embeddings", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()
    paths: list[str] = json.loads(Path(f"{args.embeddings}.json").read_text())["ids"]
    classes = [class_of(path) for path in paths]
    rows = zip(*hardest(np.load(args.embeddings), classes, HARDEST))
    with args.out.open("w", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(field.name for field in fields(Pair))
        for a, b in rows:
            pair = Pair(paths[a], paths[b], "stranger", "", classes[a], classes[b], -1)
            writer.writerow(astuple(pair))


if __name__ == "__main__":
    main()
