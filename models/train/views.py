"""The student's view of a crop: random edits, vectorised over the batch.

They are the kinds of edits.py at random strengths. Enlarging is left out: reduced to the input size
again it leaves nothing to see.
"""

from __future__ import annotations

import io
import math

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image
from torch import Tensor

from config import Section


def student_views(
    pixels: np.ndarray, size: int, rng: np.random.Generator, edits: Section
) -> tuple[Tensor, Tensor]:
    """(float pixels 0..255 [n, 3, size, size], aligned [n]) of uint8 crops [n, s, s, 3]."""
    pixels = _recompressed(pixels, rng, edits)
    images = torch.from_numpy(pixels).permute(0, 3, 1, 2).float()
    images = _downscaled(images, rng, edits)
    views, aligned = _framed(images, size, rng, edits)
    views = _relit(views, rng, edits)
    return _covered(views, rng, edits).clamp_(0, 255), aligned


def plain_views(pixels: np.ndarray, size: int) -> Tensor:
    """The crops at the student's size, unedited."""
    return _resize(torch.from_numpy(pixels.astype(np.float32)).permute(0, 3, 1, 2), size)


def _resize(images: Tensor, size: int) -> Tensor:
    if images.shape[-1] == size:
        return images.clone()
    return F.interpolate(images, (size, size), mode="bilinear", antialias=True, align_corners=False)


def _chosen(count: int, share: float, rng: np.random.Generator) -> np.ndarray:
    return np.flatnonzero(rng.random(count) < share)


def _recompressed(pixels: np.ndarray, rng: np.random.Generator, edits: Section) -> np.ndarray:
    pixels = pixels.copy()
    for i in _chosen(len(pixels), edits.jpeg, rng):
        buffer, quality = io.BytesIO(), int(rng.integers(*edits.jpeg_quality))
        Image.fromarray(pixels[i]).save(buffer, "JPEG", quality=quality)
        pixels[i] = np.asarray(Image.open(buffer))
    return pixels


def _downscaled(images: Tensor, rng: np.random.Generator, edits: Section) -> Tensor:
    # One size a batch: a resize of its own for every sample would cost more than the network.
    rows, side = _chosen(len(images), edits.downscale, rng), images.shape[-1]
    small = int(side * rng.uniform(*edits.downscale_factor))
    if len(rows):
        images[rows] = _resize(_resize(images[rows], small), side)
    return images


def _framed(
    images: Tensor, size: int, rng: np.random.Generator, edits: Section
) -> tuple[Tensor, Tensor]:
    views, aligned = _resize(images, size), torch.ones(len(images))
    rows = _chosen(len(images), edits.geometry, rng)
    if len(rows):
        # Sampling points has no antialiasing: what is sampled must not be larger than it has to be.
        smallest = math.ceil(size / math.sqrt(edits.crop_area[0]))
        source = _resize(images[rows], min(smallest, images.shape[-1]))
        grid = F.affine_grid(_transforms(len(rows), rng, edits), (len(rows), 3, size, size), False)
        padding = "border" if rng.random() < 0.5 else "zeros"
        views[rows] = F.grid_sample(source, grid, "bilinear", padding, False)
        aligned[rows] = 0
    return views, aligned


def _transforms(count: int, rng: np.random.Generator, edits: Section) -> Tensor:
    """[count, 2, 3]: output to input in -1..1, a window of the crop, turned about its centre."""
    scale = np.sqrt(rng.uniform(*edits.crop_area, count))
    turn = rng.uniform(-edits.rotation, edits.rotation, count) * math.pi / 180
    turn *= rng.random(count) < 0.5
    cos, sin = scale * np.cos(turn), scale * np.sin(turn)
    move = rng.uniform(-1, 1, (2, count)) * (1 - scale)
    rows = [np.stack([cos, -sin, move[0]], 1), np.stack([sin, cos, move[1]], 1)]
    return torch.from_numpy(np.stack(rows, 1)).float()


def _relit(images: Tensor, rng: np.random.Generator, edits: Section) -> Tensor:
    """Pillow's ImageEnhance: brightness is a factor, contrast a factor about the mean grey."""
    rows, span = _chosen(len(images), edits.light, rng), edits.light_range
    factors = torch.from_numpy(rng.uniform(1 - span, 1 + span, (2, len(rows)))).float()
    bright, contrast = factors.view(2, -1, 1, 1, 1)
    chosen = (images[rows] * bright).clamp_(0, 255)
    mean = chosen.mean((1, 2, 3), keepdim=True)
    images[rows] = mean + (chosen - mean) * contrast
    return images


def _covered(images: Tensor, rng: np.random.Generator, edits: Section) -> Tensor:
    size = images.shape[-1]
    for i in _chosen(len(images), edits.overlay, rng):
        area, aspect = rng.uniform(0.01, edits.cover_area), rng.uniform(1, 4)
        width = min(size, max(1, int(size * math.sqrt(area * aspect))))
        height = max(1, int(size * size * area / width))
        left, top = rng.integers(0, size - width + 1), rng.integers(0, size - height + 1)
        images[i, :, top : top + height, left : left + width] = _colour(rng)
    for i in _chosen(len(images), edits.border, rng):
        # 1 - (1 - 2m)^2 = area, solved for the margin m.
        area = rng.uniform(0.01, edits.cover_area)
        margin = max(1, int(size * (1 - math.sqrt(1 - area)) / 2))
        inside = images[i, :, margin:-margin, margin:-margin].clone()
        images[i] = _colour(rng)
        images[i, :, margin:-margin, margin:-margin] = inside
    return images


def _colour(rng: np.random.Generator) -> Tensor:
    return torch.from_numpy(rng.uniform(0, 255, (3, 1, 1))).float()
