"""What other programs say about the pairs of the benchmark, and what plain registration says.

usage: python3 models/copies/peers.py --work DIR [--half HALF]

Reads DIR/pairs.csv and adds to DIR/peers.csv, a line a pair: distances of three hashes, and what
OpenCV's ORB and RANSAC find. What stands there already isn't computed again.

- pdq: 256 bits after Meta's description of PDQ ("The TMK+PDQF Video-Hashing Algorithm and the PDQ
  Image-Hashing Algorithm", 2019). No package of it could be installed from npm or Debian: this is our
  reading of the paper, not Meta's program. Copies: at most 31.
- phash: as imagededup computes it; its default for copies: at most 10 of 64.
- dhash: as czkawka's command line computes it by default (gradient, 16 x 16, nearest neighbours);
  its default preset calls copies what is at most 5 of 256 apart.
- orb: 800 points at 384 pixels, ratio test .8, a similarity transform by RANSAC, straight and
  mirrored; then the share of the informative 16 x 16 tiles in the overlap that correlate above .6.
"""

from __future__ import annotations

import argparse
import csv
import random
from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from progress import parallel

COLUMNS = ("a", "b", "pdq", "phash", "dhash", "orb_share", "orb_tiles", "orb_inliers")

SIDE = 384
TILE = 16


def dct_matrix(size: int) -> np.ndarray:
    """Rows are the cosines of a DCT-II, not scaled: medians and signs don't need it."""
    k, n = np.mgrid[0:size, 0:size]
    return np.cos(np.pi * k * (2 * n + 1) / (2 * size))


DCT_32, DCT_64 = dct_matrix(32)[:8], dct_matrix(64)[1:17]


def pdq(image: Image.Image) -> np.ndarray:
    """Luma, two box filters in each direction, 64 x 64 samples, 16 x 16 frequencies above the median."""
    if max(image.size) > 512:
        image = image.resize((512, 512), Image.BILINEAR)
    luma = np.asarray(image, np.float32) @ np.array([0.299, 0.587, 0.114], np.float32)
    window = tuple((side + 127) // 128 for side in reversed(luma.shape))
    for _ in range(2):
        luma = cv2.blur(luma, window)
    rows, columns = (((np.arange(64) + 0.5) * side / 64).astype(int) for side in luma.shape)
    frequencies = DCT_64 @ luma[np.ix_(rows, columns)] @ DCT_64.T
    return frequencies > np.median(frequencies)


def phash(image: Image.Image) -> np.ndarray:
    """The 8 x 8 lowest frequencies of 32 x 32 grey pixels, against the median without the first."""
    small = np.asarray(image.resize((32, 32), Image.LANCZOS).convert("L"), float)
    low = DCT_32 @ small @ DCT_32.T
    # The first row and column of an orthonormal DCT are weaker by the square root of two.
    low[0] /= np.sqrt(2)
    low[:, 0] /= np.sqrt(2)
    return low >= np.median(low.ravel()[1:])


def dhash(image: Image.Image) -> np.ndarray:
    """Whether each of 16 x 17 grey pixels is darker than the one to its right."""
    small = np.asarray(image.convert("L").resize((17, 16), Image.NEAREST), int)
    return small[:, :-1] < small[:, 1:]


@lru_cache(maxsize=64)
def view(path: Path) -> tuple[tuple[np.ndarray, ...], np.ndarray]:
    """The three hashes, and the grey pixels at 384; transparency is dropped, as the programs do."""
    image = Image.open(path).convert("RGB")
    scale = SIDE / max(image.size)
    size = tuple(max(1, round(side * scale)) for side in image.size)
    grey = image.convert("L").resize(size, Image.BILINEAR if scale > 1 else Image.BOX)
    return (pdq(image), phash(image), dhash(image)), np.asarray(grey)


Features = tuple[np.ndarray, np.ndarray, np.ndarray]
"""Grey pixels, the places of the points, their descriptors."""


@lru_cache(maxsize=64)
def features(path: Path, mirrored: bool) -> Features:
    """Points of the picture at 384 pixels."""
    grey = view(path)[1]
    grey = np.ascontiguousarray(grey[:, ::-1] if mirrored else grey)
    points, descriptors = cv2.ORB_create(800).detectAndCompute(grey, None)
    places = np.array([point.pt for point in points], np.float32).reshape(-1, 2)
    return grey, places, np.zeros((0, 32), np.uint8) if descriptors is None else descriptors


def register(a: Features, b: Features) -> tuple[float, int, int]:
    """The share of agreeing tiles, how many tiles could tell, how many points fit the transform."""
    (grey_a, at_a, described_a), (grey_b, at_b, described_b) = a, b
    if len(at_a) < 4 or len(at_b) < 4:
        return 0.0, 0, 0
    matches = cv2.BFMatcher(cv2.NORM_HAMMING).knnMatch(described_b, described_a, 2)
    good = [
        m for m, n in (pair for pair in matches if len(pair) == 2) if m.distance < 0.8 * n.distance
    ]
    if len(good) < 4:
        return 0.0, 0, 0
    cv2.setRNGSeed(1)
    onto, inliers = cv2.estimateAffinePartial2D(
        at_b[[m.queryIdx for m in good]],
        at_a[[m.trainIdx for m in good]],
        method=cv2.RANSAC,
        ransacReprojThreshold=3.0,
    )
    if onto is None:
        return 0.0, 0, 0
    size = (grey_a.shape[1], grey_a.shape[0])
    warped = cv2.warpAffine(grey_b, onto, size)
    covered = cv2.warpAffine(np.full_like(grey_b, 255), onto, size) == 255
    share, informative = agreement(grey_a, warped, covered)
    return share, informative, int(inliers.sum())


def tiles(values: np.ndarray) -> np.ndarray:
    """Rows of the pixels of each whole tile."""
    rows, columns = (side // TILE for side in values.shape)
    cut = values[: rows * TILE, : columns * TILE].reshape(rows, TILE, columns, TILE)
    return cut.transpose(0, 2, 1, 3).reshape(rows * columns, TILE * TILE)


def agreement(a: np.ndarray, b: np.ndarray, covered: np.ndarray) -> tuple[float, int]:
    """Of the covered tiles in which either picture has contrast, the share that correlates above .6."""
    inside = tiles(covered).all(1)
    first, second = (tiles(grey.astype(np.float32))[inside] for grey in (a, b))
    first -= first.mean(1, keepdims=True)
    second -= second.mean(1, keepdims=True)
    spread_a, spread_b = np.sqrt((first**2).mean(1)), np.sqrt((second**2).mean(1))
    told = np.maximum(spread_a, spread_b) > 6
    if not told.any():
        return 0.0, 0
    product = (first * second).mean(1)[told]
    correlation = product / np.maximum(spread_a * spread_b, 1e-3)[told]
    return float((correlation > 0.6).mean()), int(told.sum())


def judge(task: tuple[Path, str, str]) -> tuple[object, ...]:
    """A line of peers.csv."""
    root, a, b = task
    distances = [int((x != y).sum()) for x, y in zip(view(root / a)[0], view(root / b)[0])]
    straight = features(root / a, False)
    both = [register(straight, features(root / b, mirrored)) for mirrored in (False, True)]
    # The more points fit, the likelier it is the right way round: a tile or two agree by chance.
    share, informative, inliers = max(both, key=lambda found: found[2])
    return a, b, *distances, f"{share:.4f}", informative, inliers


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--half", default="")
    args = parser.parse_args()
    path = args.work / "peers.csv"
    known: set[tuple[str, str]] = set()
    if path.exists():
        with path.open() as stream:
            known = {(row["a"], row["b"]) for row in csv.DictReader(stream)}
    pairs: dict[str, list[tuple[Path, str, str]]] = {}
    with (args.work / "pairs.csv").open() as stream:
        for row in csv.DictReader(stream):
            if args.half in ("", row["half"]) and (row["a"], row["b"]) not in known:
                pairs.setdefault(row["a"], []).append((args.work, row["a"], row["b"]))
    # All kinds in turn, so that the time left is right; pairs of one picture stay together.
    together = list(pairs.values())
    random.Random(1).shuffle(together)
    tasks = [task for group in together for task in group]
    cv2.setNumThreads(1)
    with path.open("a", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        if not known:
            writer.writerow(COLUMNS)
        for row in parallel(judge, tasks, "peers", chunk=16):
            writer.writerow(row)
            stream.flush()


if __name__ == "__main__":
    main()
