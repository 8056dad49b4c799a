"""Compares what the core lets a network see with Pillow's resize, byte for byte, in both views.

usage: pillow_test.py [--count COUNT] [--seed SEED] COMMAND...

COMMAND runs the tool built from tools/pixel_server.cpp, in an emulator where it is another machine's. A quarter of the sizes is uniform in
1 to 4000 a side, the rest uniform in their logarithm (most are small). Sizes that Pillow would
blow up to more than 64 megapixels on the way (1 x 4000) are drawn again. Each size is tried in both
views. Prints a line that begins with SKIPPED: where Pillow isn't installed.
"""

import argparse
import random
import struct
import subprocess
import sys
from fractions import Fraction

WHOLE, CENTRE = 0, 1

RESIZE, SIDE, STRIDE, LONGEST, MAX_RESIZED_PIXELS = 256, 224, 32, 4000, 64_000_000


def resized(width, height):
    """torchvision's size after resizing the short side."""
    if width <= height:
        return RESIZE, int(RESIZE * height / width)
    return int(RESIZE * width / height), RESIZE


def strides(aspect):
    """SIDE * sqrt(aspect) / STRIDE, to the nearest whole number, halves up."""
    count = 1
    while (count + Fraction(1, 2)) ** 2 <= Fraction(SIDE, STRIDE) ** 2 * aspect:
        count += 1
    return count


def whole(width, height):
    """The sides of the whole view: about SIDE * SIDE pixels, multiples of STRIDE, 2 of it at least."""
    least = Fraction(3 * STRIDE, 2)
    longest = lambda across: max(across, int(across * (SIDE / least) ** 2))
    aspect = Fraction(min(width, longest(height)), min(height, longest(width)))
    return STRIDE * strides(aspect), STRIDE * strides(1 / aspect)


def random_size(uniform):
    """A size that Pillow can take."""
    while True:
        sides = [
            random.randint(1, LONGEST) if uniform else int(LONGEST ** random.random())
            for _ in range(2)
        ]
        width, height = resized(*sides)
        if width * height <= MAX_RESIZED_PIXELS:
            return sides


def pillow_whole(image, bilinear):
    """Resize the whole picture."""
    return image.resize(whole(*image.size), bilinear).tobytes()


def pillow_centre(image, bilinear):
    """Resize the whole picture, then cut out the centre."""
    image = image.resize(resized(*image.size), bilinear)
    left, top = (int(round((side - SIDE) / 2.0)) for side in image.size)
    return image.crop((left, top, left + SIDE, top + SIDE)).tobytes()


def main():
    try:
        from PIL import Image
    except ImportError:
        print("SKIPPED: Pillow is not installed (apt: python3-pil)")
        return 0

    parser = argparse.ArgumentParser()
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("command", nargs=argparse.REMAINDER)
    arguments = parser.parse_args()
    count = arguments.count
    random.seed(arguments.seed)
    failures = 0
    with subprocess.Popen(arguments.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as server:
        for number in range(count):
            width, height = random_size(uniform=number % 4 == 0)
            pixels = random.randbytes(3 * width * height)
            image = Image.frombytes("RGB", (width, height), pixels)
            for view, make in ((WHOLE, pillow_whole), (CENTRE, pillow_centre)):
                band = random.randint(1, height)
                server.stdin.write(struct.pack("<4I", view, width, height, band))
                server.stdin.write(pixels)
                server.stdin.flush()
                theirs = make(image, Image.BILINEAR)
                ours = server.stdout.read(len(theirs))
                if ours != theirs:
                    failures += 1
                    differing = sum(a != b for a, b in zip(ours, theirs))
                    print(f"{width} x {height}: {differing} of {len(theirs)} bytes differ")
        server.stdin.close()
    print(f"{count} sizes in two views against Pillow, {failures} with differing bytes")
    return 1 if failures else 0


sys.exit(main())
