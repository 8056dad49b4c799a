"""pillow.py FILE WIDTH HEIGHT: the whole view of a 4:3 picture with Pillow and NumPy.

FILE holds RGBA pixels. For each line on standard input it turns the picture, already RGB and in
memory, into the tensor once, and prints the milliseconds as JSON.
"""

import json
import sys
import time

import numpy
from PIL import Image

SIDES = 256, 192
MEAN = numpy.array([0.485, 0.456, 0.406], dtype=numpy.float32)
STD = numpy.array([0.229, 0.224, 0.225], dtype=numpy.float32)


def to_tensor(picture):
    resized = picture.resize(SIDES, Image.BILINEAR)
    values = (numpy.asarray(resized, dtype=numpy.float32) / 255 - MEAN) / STD
    return numpy.ascontiguousarray(values.transpose(2, 0, 1))


def main():
    path, width, height = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    with open(path, "rb") as file:
        picture = Image.frombytes("RGBA", (width, height), file.read()).convert("RGB")
    for _ in sys.stdin:
        start = time.perf_counter()
        tensor = to_tensor(picture)
        elapsed = (time.perf_counter() - start) * 1000
        assert tensor.shape == (3, *reversed(SIDES))
        print(json.dumps({"Pillow and NumPy, 12 MP RGB to tensor": elapsed}), flush=True)


main()
