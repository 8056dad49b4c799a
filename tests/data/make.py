"""Makes the JPEG files of this folder again: /usr/bin/python3 make.py (Debian's python3-pil, 9.4).

Each picture is a smooth colour pattern computed here. <name>.png holds the pixels that Pillow
(libjpeg-turbo) decodes from <name>.jpg: what the core's own decoder is compared with.
"""

import pathlib

from PIL import Image

FOLDER = pathlib.Path(__file__).parent
WIDTH, HEIGHT = 45, 31


def pattern():
    """Smooth, different in every direction, and no multiple of a JPEG block in size."""
    image = Image.new("RGB", (WIDTH, HEIGHT))
    image.putdata(
        [
            (255 * x // (WIDTH - 1), 255 * y // (HEIGHT - 1), (x * x + 3 * y * y) * 255 // 4725)
            for y in range(HEIGHT)
            for x in range(WIDTH)
        ]
    )
    return image


def save(name, image, **options):
    """One JPEG and its decoded pixels."""
    path = FOLDER / f"{name}.jpg"
    image.save(path, quality=90, **options)
    with Image.open(path) as decoded:
        decoded.convert("RGB").save(FOLDER / f"{name}.png", optimize=True)


save("baseline", pattern(), subsampling="4:4:4")
save("subsampled", pattern(), subsampling="4:2:0")
save("progressive", pattern(), subsampling="4:2:0", progressive=True)
save("grey", pattern().convert("L"))
pattern().convert("CMYK").save(FOLDER / "cmyk.jpg", quality=90)

# Of these, heif-enc makes HEIC files: more and more opaque from the left to the right.
opacity = Image.new("L", (WIDTH, HEIGHT))
opacity.putdata([55 + 200 * x // (WIDTH - 1) for _ in range(HEIGHT) for x in range(WIDTH)])
clear = pattern()
clear.putalpha(opacity)
clear.save(FOLDER / "clear.png", optimize=True)
multiplied = Image.frombytes("RGBA", clear.size, clear.convert("RGBa").tobytes())
multiplied.save(FOLDER / "multiplied.png", optimize=True)
