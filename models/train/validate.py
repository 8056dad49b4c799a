"""Figures on the held-out fold: classes that were never trained on."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from PIL import Image, ImageEnhance, ImageOps
from torch import Tensor

sys.path.append(str(Path(__file__).parents[1]))

from config import Config, Section
from edits import EDITS
from pictures import held_out_classes
from shape import whole_view
from teacher import normalise

Embed = Callable[[Tensor], Tensor]
"""Normalised images [n, 3, h, w] to vectors [n, 1280] whose cosines are to be judged."""

DARKNESS = 0.2
"""Brightness of the dark copies."""


@dataclass
class Held:
    """Pictures of the held-out classes."""

    images: list[Image.Image]
    labels: np.ndarray


@dataclass
class ValidationSet:
    """Whole views for one input size, uint8 [3, h, w] each."""

    images: list[Tensor]
    labels: np.ndarray
    sources: np.ndarray  # rows of `images` of which there are copies
    copies: dict[str, list[Tensor]]  # by the name of the edit, one for each source


def held_out(root: Path, config: Config) -> Held:
    """The pictures of the held-out classes below `root`."""
    images, labels = [], []
    for label, name in enumerate(held_out_classes(root, config)):
        folder = root / "images/caltech101" / name
        for path in sorted(folder.glob("*.jpg"))[: config.validation.per_class]:
            with Image.open(path) as opened:
                images.append(opened.convert("RGB"))
            labels.append(label)
    return Held(images, np.array(labels))


def write_held_out(held: Held, path: Path, pack: Section) -> None:
    """The pictures as small WebP files in one .npz."""
    files = []
    for image in held.images:
        small = image.copy()
        small.thumbnail((pack.validation_pixels,) * 2, Image.BILINEAR)
        buffer = io.BytesIO()
        small.save(buffer, "WEBP", quality=pack.validation_quality)
        files.append(buffer.getvalue())
    ends = np.cumsum([len(file) for file in files])
    np.savez(path, bytes=np.frombuffer(b"".join(files), np.uint8), ends=ends, labels=held.labels)


def read_held_out(path: Path) -> Held:
    """What `write_held_out` wrote."""
    stored = np.load(path)
    content, images, begin = stored["bytes"].tobytes(), [], 0
    for end in stored["ends"]:
        images.append(Image.open(io.BytesIO(content[begin:end])).convert("RGB"))
        begin = end
    return Held(images, stored["labels"])


def validation_set(held: Held, config: Config, side: int) -> ValidationSet:
    """The pictures, and edited copies of some, as a network with this input side sees them."""
    rng = np.random.default_rng(config.validation.seed)
    count = min(len(held.images), config.validation.edited_sources)
    sources = np.sort(rng.choice(len(held.images), count, replace=False))
    copies = {
        edit.name: [_view(edit(held.images[i], int(i)), side) for i in sources] for edit in EDITS
    }
    copies["greyscale"] = [
        _view(ImageOps.grayscale(held.images[i]).convert("RGB"), side) for i in sources
    ]
    copies["dark"] = [
        _view(ImageEnhance.Brightness(held.images[i]).enhance(DARKNESS), side) for i in sources
    ]
    views = [_view(image, side) for image in held.images]
    return ValidationSet(views, held.labels, sources, copies)


def _view(image: Image.Image, side: int) -> Tensor:
    return torch.from_numpy(np.asarray(whole_view(image, side)).transpose(2, 0, 1).copy())


def balanced_auc(embeddings: np.ndarray, labels: np.ndarray) -> float:
    """Odds that a same-class pair is nearer than a pair of two classes, every class alike.

    All pairs; a pair weighs the inverse of how many pairs its class, or its pair of classes, has.
    The weighted Mann-Whitney statistic, ties counted half.
    """
    unit = embeddings / np.linalg.norm(embeddings, axis=1, keepdims=True)
    upper = np.triu_indices(len(labels), 1)
    cosine = (unit @ unit.T)[upper]
    a, b = labels[upper[0]], labels[upper[1]]
    kind = np.minimum(a, b) * (labels.max() + 1) + np.maximum(a, b)
    _names, inverse, counts = np.unique(kind, return_inverse=True, return_counts=True)
    weight, same = 1.0 / counts[inverse], a == b
    values, at = np.unique(cosine, return_inverse=True)
    positive = np.bincount(at[same], weight[same], len(values))
    negative = np.bincount(at[~same], weight[~same], len(values))
    below = np.cumsum(negative) - negative
    return float((positive * (below + negative / 2)).sum() / (positive.sum() * negative.sum()))


def evaluate(embed: Embed, views: ValidationSet, batch: int) -> dict:
    """AUC on unseen classes, medians of the cosines of edited, similar and different pairs."""
    names = list(views.copies)
    # All in one call: a GPU prepares itself anew for every number of pictures in a batch.
    everything = [*views.images, *(view for name in names for view in views.copies[name])]
    vectors = embeddings(embed, everything, batch)
    plain, copies = vectors[: len(views.images)], vectors[len(views.images) :]
    of_each = np.split(copies, len(names))
    cosines = {
        name: _cosine(plain[views.sources], part)
        for name, part in zip(names, of_each, strict=True)
    }
    ordinary = np.stack([cosines[edit.name] for edit in EDITS if edit.near_duplicate])
    pairs, labels = _cosine(plain[:, None], plain[None]), views.labels
    same, off = labels[:, None] == labels[None], ~np.eye(len(labels), dtype=bool)
    return {
        "auc": round(balanced_auc(plain, labels), 4),
        "auc_centred": round(balanced_auc(_centred(plain), labels), 4),
        "edited_median": _median(ordinary),
        "edited_p5": round(float(np.quantile(ordinary, 0.05)), 4),
        "similar_median": _median(pairs[same & off]),
        "different_median": _median(pairs[~same]),
        "edits": {name: _median(values) for name, values in cosines.items()},
    }


def embeddings(embed: Embed, views: list[Tensor], batch: int) -> np.ndarray:
    """[n, 1280] float32; pictures of one shape share batches."""
    by_shape: dict[tuple[int, ...], list[int]] = {}
    for row, view in enumerate(views):
        by_shape.setdefault(tuple(view.shape), []).append(row)
    found: dict[int, np.ndarray] = {}
    for rows in by_shape.values():
        for at in range(0, len(rows), batch):
            part = rows[at : at + batch]
            vectors = embed(normalise(torch.stack([views[row] for row in part])))
            found.update(zip(part, vectors.float().cpu().numpy(), strict=True))
    return np.stack([found[row] for row in range(len(views))])


def _centred(vectors: np.ndarray) -> np.ndarray:
    """Unit vectors less their mean: what centring gains, with a mean of these same pictures."""
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    return unit - unit.mean(0)


def _cosine(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    return (a * b).sum(-1) / (np.linalg.norm(a, axis=-1) * np.linalg.norm(b, axis=-1))


def _median(values: np.ndarray) -> float:
    return round(float(np.median(values)), 4)
