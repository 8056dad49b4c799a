"""The training's pictures, all of them in memory at one size; from the sources or from a pack."""

from __future__ import annotations

import io
import json
import tarfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from config import Config
from drawings import draw

Image.MAX_IMAGE_PIXELS = 64_000_000
DRAWINGS = "drawings"
"""The source of the pictures that are drawn here."""


@dataclass
class Pictures:
    """n pictures, squashed to squares of one size."""

    pixels: Tensor  # uint8 [n, 3, s, s]
    aspect: np.ndarray  # [n], width / height
    source: np.ndarray  # [n], index into `names`
    names: list[str]

    def __len__(self) -> int:
        return len(self.aspect)

    def counts(self) -> dict[str, int]:
        """How many pictures each source has."""
        return {name: int((self.source == i).sum()) for i, name in enumerate(self.names)}

    def odds(self, config: Config) -> np.ndarray:
        """How often each picture is drawn, [n], sum 1."""
        weights = np.array([config.data.sources.get(name, 0.0) for name in self.names])[self.source]
        drawn = self.source == self.names.index(DRAWINGS)
        share = config.data.drawings_share
        weights[~drawn] *= (1 - share) / weights[~drawn].sum()
        weights[drawn] = share / max(1, drawn.sum())
        return weights / weights.sum()


def held_out_classes(root: Path, config: Config) -> list[str]:
    """The classes of the fold that is never trained on."""
    folds = json.loads((root / "reference/folds.json").read_text(encoding="utf-8"))
    return folds[config.data.held_out_fold]


def from_reference(root: Path, config: Config) -> Pictures:
    """Every picture of the configuration's sources below `root`, and the drawings."""
    names, source = list(config.data.sources), []
    squares, aspects = [], []
    with ThreadPoolExecutor() as pool:
        for number, name in enumerate(names):
            files = islice(_files(root, name, config), config.data.per_source)
            for square, aspect in pool.map(_opener(config.data.store_pixels), files):
                squares.append(square)
                aspects.append(aspect)
                source.append(number)
    return with_drawings(squares, aspects, source, names, config)


def with_drawings(
    squares: list[np.ndarray],
    aspects: list[float],
    source: list[int],
    names: list[str],
    config: Config,
) -> Pictures:
    """The photographs and, behind them, the pictures that are drawn here."""
    side, photographs = config.data.store_pixels, len(squares)
    for number in range(config.data.drawings):
        rng = np.random.default_rng([config.data.seed, number])
        photograph = int(rng.integers(photographs))
        like = Image.fromarray(squares[photograph])
        width = max(64, round(side * aspects[photograph]))
        drawing = draw(rng, like.resize((width, side)))
        squares.append(_square(drawing, side))
        aspects.append(drawing.width / drawing.height)
        source.append(len(names))
    pixels = torch.from_numpy(np.stack(squares)).permute(0, 3, 1, 2).contiguous()
    return Pictures(pixels, np.array(aspects), np.array(source), [*names, DRAWINGS])


def _files(root: Path, name: str, config: Config) -> Iterator[bytes]:
    """The files of a source, in a fixed order; without those of held-out classes."""
    folder, held_out = root / "images" / name, set(held_out_classes(root, config))
    for archive in sorted(folder.glob("*.tar")):
        with tarfile.open(archive) as opened:
            for member in sorted(opened.getmembers(), key=lambda member: member.name):
                if member.isfile():
                    yield opened.extractfile(member).read()
    for path in sorted(folder.rglob("*.[jJ][pP]*[gG]")):
        if path.parent.name not in held_out:
            yield path.read_bytes()


def _opener(side: int):
    def opened(content: bytes) -> tuple[np.ndarray, float]:
        with Image.open(io.BytesIO(content)) as image:
            return _square(image.convert("RGB"), side), image.width / image.height

    return opened


def _square(image: Image.Image, side: int) -> np.ndarray:
    return np.asarray(image.convert("RGB").resize((side, side), Image.BILINEAR))


def write_pack(pictures: Pictures, path: Path, quality: int) -> None:
    """All photographs as small WebP files in one .npz; drawings are drawn again where it is read."""
    photographs = pictures.source != pictures.names.index(DRAWINGS)
    rows = np.flatnonzero(photographs)
    with ThreadPoolExecutor() as pool:
        files = list(pool.map(lambda row: _webp(pictures.pixels[row], quality), rows))
    np.savez(
        path,
        bytes=np.frombuffer(b"".join(files), np.uint8),
        ends=np.cumsum([len(file) for file in files]),
        aspect=pictures.aspect[rows],
        source=pictures.source[rows],
        names=pictures.names[:-1],
    )


def read_pack(path: Path, config: Config) -> Pictures:
    """The pictures of a pack, and the drawings."""
    stored = np.load(path)
    content, ends = stored["bytes"].tobytes(), stored["ends"]
    begins = np.concatenate([[0], ends[:-1]])
    files = [content[begin:end] for begin, end in zip(begins, ends, strict=True)]
    with ThreadPoolExecutor(16) as pool:
        opened = list(pool.map(_opener(config.data.store_pixels), files))
    squares = [square for square, _aspect in opened]
    names = [str(name) for name in stored["names"]]
    return with_drawings(squares, list(stored["aspect"]), list(stored["source"]), names, config)


def _webp(pixels: Tensor, quality: int) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(pixels.permute(1, 2, 0).numpy()).save(buffer, "WEBP", quality=quality, method=4)
    return buffer.getvalue()
