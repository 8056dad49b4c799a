"""phash.py FOLDER: the perceptual hash of each JPEG in it as imagehash computes it, and the pairs that differ in at most 10 bits.

Pillow's draft mode decodes each at an eighth of its size, or the nearest that libjpeg has above 32 pixels.
"""

import pathlib
import sys

import numpy
from PIL import Image

SIDE, HASH_SIDE, CLOSE = 32, 8, 10

# The orthogonal DCT-II as a matrix.
ROWS = numpy.arange(SIDE)
COSINES = numpy.cos(numpy.pi * ROWS[:, None] * (2 * ROWS[None, :] + 1) / (2 * SIDE))


def hash_of(path):
    with Image.open(path) as picture:
        picture.draft("L", (4 * SIDE, 4 * SIDE))
        grey = picture.convert("L").resize((SIDE, SIDE), Image.LANCZOS)
    low = (COSINES @ numpy.asarray(grey, dtype=float) @ COSINES.T)[:HASH_SIDE, :HASH_SIDE]
    return low > numpy.median(low)


def main():
    paths = sorted(pathlib.Path(sys.argv[1]).glob("*.jpg"))
    hashes = [hash_of(path) for path in paths]
    pairs = [
        (paths[a].name, paths[b].name)
        for b in range(len(paths))
        for a in range(b)
        if numpy.count_nonzero(hashes[a] != hashes[b]) <= CLOSE
    ]
    print(f"{len(paths)} pictures, {len(pairs)} pairs")


main()
