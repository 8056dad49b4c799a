"""pillow.py FILE WIDTH HEIGHT: what torchvision's transforms come to with Pillow and NumPy.

FILE holds RGBA pixels. For each line on standard input it turns the picture, already RGB and in
memory, into the tensor once, and prints the milliseconds as JSON.
"""

import json
import sys
import time

import numpy
from PIL import Image

RESIZE, CROP = 256, 224
MEAN = numpy.array([0.485, 0.456, 0.406], dtype=numpy.float32)
STD = numpy.array([0.229, 0.224, 0.225], dtype=numpy.float32)


def to_tensor(picture):
    short = min(picture.size)
    size = tuple(side * RESIZE // short for side in picture.size)
    left, top = ((side - CROP) // 2 for side in size)
    crop = picture.resize(size, Image.BILINEAR).crop((left, top, left + CROP, top + CROP))
    values = (numpy.asarray(crop, dtype=numpy.float32) / 255 - MEAN) / STD
    return numpy.ascontiguousarray(values.transpose(2, 0, 1))


def main():
    path, width, height = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    with open(path, "rb") as file:
        picture = Image.frombytes("RGBA", (width, height), file.read()).convert("RGB")
    for _ in sys.stdin:
        start = time.perf_counter()
        tensor = to_tensor(picture)
        elapsed = (time.perf_counter() - start) * 1000
        assert tensor.shape == (3, CROP, CROP)
        print(json.dumps({"Pillow and NumPy, 12 MP RGB to tensor": elapsed}), flush=True)


main()
