"""Figures on the held-out fold: classes that were never trained on."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor

sys.path.append(str(Path(__file__).parents[1]))

from config import Config
from data import held_out_classes, reference_root
from edits import EDITS
from teacher import normalise

Embed = Callable[[Tensor], Tensor]
"""Normalised images [n, 3, s, s] to pooled embeddings [n, 1280]."""


@dataclass
class ValidationSet:
    """Preprocessed uint8 pictures [n, 3, s, s] of the held-out classes, some of them edited."""

    images: Tensor
    labels: np.ndarray
    edited: Tensor  # [sources, edits, 3, s, s]
    sources: np.ndarray  # rows of `images` that were edited


def preprocess(image: Image.Image, resize: int, crop: int) -> np.ndarray:
    """torchvision's: bilinear to this short side, then the centre; uint8 [3, crop, crop]."""
    short = min(image.size)
    # The long side is cut, not rounded, and the crop's corner is rounded: as torchvision does.
    width, height = (resize if side == short else int(resize * side / short) for side in image.size)
    image = image.resize((width, height), Image.BILINEAR)
    left, top = (int(round((side - crop) / 2.0)) for side in (width, height))
    window = image.crop((left, top, left + crop, top + crop))
    return np.ascontiguousarray(np.asarray(window).transpose(2, 0, 1))


def validation_set(config: Config, resize: int, crop: int) -> ValidationSet:
    """The held-out classes, preprocessed to one input size."""
    root = reference_root() / "images/caltech101"
    images, labels, pictures = [], [], []
    for label, name in enumerate(held_out_classes(config)):
        for path in sorted((root / name).glob("*.jpg"))[: config.validation.per_class]:
            with Image.open(path) as opened:
                picture = opened.convert("RGB")
            pictures.append(picture)
            images.append(preprocess(picture, resize, crop))
            labels.append(label)
    rng = np.random.default_rng(config.validation.seed)
    count = min(len(images), config.validation.edited_sources)
    sources = np.sort(rng.choice(len(images), count, replace=False))
    edited = [[preprocess(e(pictures[i], int(i)), resize, crop) for e in EDITS] for i in sources]
    return ValidationSet(_stack(images), np.array(labels), _stack(edited), sources)


def _stack(arrays: list) -> Tensor:
    return torch.from_numpy(np.array(arrays))


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


def evaluate(embed: Embed, images: ValidationSet, batch: int) -> dict:
    """AUC on unseen classes, medians of the cosines of edited, similar and different pairs."""
    plain = _embeddings(embed, images.images, batch)
    edited = _embeddings(embed, images.edited.flatten(0, 1), batch)
    edited = edited.reshape(len(images.sources), len(EDITS), -1)
    cosines = _cosine(plain[images.sources][:, None], edited)
    ordinary = [i for i, edit in enumerate(EDITS) if edit.near_duplicate]
    everything, labels = _cosine(plain[:, None], plain[None]), images.labels
    same, off = labels[:, None] == labels[None], ~np.eye(len(labels), dtype=bool)
    return {
        "auc": round(balanced_auc(plain, labels), 4),
        "edited_median": _median(cosines[:, ordinary]),
        "edited_p5": round(float(np.quantile(cosines[:, ordinary], 0.05)), 4),
        "similar_median": _median(everything[same & off]),
        "different_median": _median(everything[~same]),
        "edits": {e.name: _median(cosines[:, i]) for i, e in enumerate(EDITS)},
    }


def _embeddings(embed: Embed, images: Tensor, batch: int) -> np.ndarray:
    parts = [embed(normalise(images[i : i + batch])) for i in range(0, len(images), batch)]
    return torch.cat(parts).cpu().numpy()


def _cosine(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    return (a * b).sum(-1) / (np.linalg.norm(a, axis=-1) * np.linalg.norm(b, axis=-1))


def _median(values: np.ndarray) -> float:
    return round(float(np.median(values)), 4)
