"""Compares the core's resize and crop with Pillow's, byte for byte.

usage: pillow_test.py CROP_SERVER [COUNT [SEED]]

CROP_SERVER is the tool built from tools/crop_server.cpp. A quarter of the sizes is uniform in
1 to 4000 a side, the rest uniform in their logarithm (most are small). Sizes that Pillow would
blow up to more than 64 megapixels on the way (1 x 4000) are drawn again. Prints a line that begins
with SKIPPED: where Pillow isn't installed.
"""

import random
import struct
import subprocess
import sys

RESIZE, CROP, LONGEST, MAX_RESIZED_PIXELS = 256, 224, 4000, 64_000_000


def resized(width, height):
    """torchvision's size after resizing the short side."""
    if width <= height:
        return RESIZE, int(RESIZE * height / width)
    return int(RESIZE * width / height), RESIZE


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


def pillow_crop(image_module, width, height, pixels):
    """Resize the whole picture, then cut out the centre."""
    image = image_module.frombytes("RGB", (width, height), pixels)
    image = image.resize(resized(width, height), image_module.BILINEAR)
    left, top = (int(round((side - CROP) / 2.0)) for side in image.size)
    return image.crop((left, top, left + CROP, top + CROP)).tobytes()


def main():
    try:
        from PIL import Image
    except ImportError:
        print("SKIPPED: Pillow is not installed (apt: python3-pil)")
        return 0

    count = int(sys.argv[2]) if len(sys.argv) > 2 else 200
    random.seed(int(sys.argv[3]) if len(sys.argv) > 3 else 1)
    failures = 0
    with subprocess.Popen([sys.argv[1]], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as server:
        for number in range(count):
            width, height = random_size(uniform=number % 4 == 0)
            pixels = random.randbytes(3 * width * height)
            server.stdin.write(struct.pack("<3I", width, height, random.randint(1, height)))
            server.stdin.write(pixels)
            server.stdin.flush()
            ours = server.stdout.read(3 * CROP * CROP)
            theirs = pillow_crop(Image, width, height, pixels)
            if ours != theirs:
                failures += 1
                differing = sum(a != b for a, b in zip(ours, theirs))
                print(f"{width} x {height}: {differing} of {len(theirs)} bytes differ")
        server.stdin.close()
    print(f"{count} sizes against Pillow, {failures} with differing bytes")
    return 1 if failures else 0


sys.exit(main())
