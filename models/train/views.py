"""The student's view: random edits of a view, a batch at a time on whatever device holds it.

They are the kinds of ../edits.py at random strengths, and those that a score must survive as well:
greyscale and strong darkening.
"""

from __future__ import annotations

import math

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from config import Section

LUMA = (0.299, 0.587, 0.114)
"""ITU-R BT.601, as JPEG and Pillow's greyscale have it."""

LUMINANCE_TABLE = (
    (16, 11, 10, 16, 24, 40, 51, 61),
    (12, 12, 14, 19, 26, 58, 60, 55),
    (14, 13, 16, 24, 40, 57, 69, 56),
    (14, 17, 22, 29, 51, 87, 80, 62),
    (18, 22, 37, 56, 68, 109, 103, 77),
    (24, 35, 55, 64, 81, 104, 113, 92),
    (49, 64, 78, 87, 103, 121, 120, 101),
    (72, 92, 95, 98, 112, 100, 103, 99),
)
"""ITU-T T.81, table K.1; used for colour, too, which keeps a little more of it than table K.2."""


def motions(
    count: int, rng: np.random.Generator, edits: Section, device: torch.device
) -> tuple[Tensor, Tensor]:
    """([n, 2, 3] from the edited view to the view, aligned [n]): crops, small turns, mirror images.

    `aligned` is 0 where the cells of the edited view are not those of the view.
    """
    chosen, mirrored = (rng.random(count) < share for share in (edits.geometry, edits.mirror))
    scale = np.where(chosen, np.sqrt(rng.uniform(*edits.crop_area, count)), 1)
    turn = rng.uniform(-edits.rotation, edits.rotation, count) * math.pi / 180
    turn *= chosen & (rng.random(count) < 0.5)
    cos, sin, flip = scale * np.cos(turn), scale * np.sin(turn), np.where(mirrored, -1, 1)
    move = rng.uniform(-1, 1, (2, count)) * (1 - scale)
    rows = [np.stack([cos * flip, -sin, move[0]], 1), np.stack([sin * flip, cos, move[1]], 1)]
    aligned = torch.from_numpy(~(chosen | mirrored)).float()
    return torch.from_numpy(np.stack(rows, 1)).float().to(device), aligned.to(device)


def edited(images: Tensor, rng: np.random.Generator, edits: Section) -> Tensor:
    """Float pixels 0..255 [n, 3, h, w], edited in everything but their geometry."""
    device = images.device
    images = _some(images, edits.coarse, rng, _coarse)
    images = _some(images, edits.grey, rng, _grey)
    images = _relit(images, rng, edits)
    images = _covered(images, rng, edits)
    quality = torch.from_numpy(rng.uniform(*edits.jpeg_quality, len(images))).float().to(device)
    rows = _chosen(len(images), edits.jpeg, rng).to(device)
    images[rows] = recompressed(images[rows], quality[rows])
    return images.clamp_(0, 255)


def recompressed(images: Tensor, quality: Tensor) -> Tensor:
    """What JPEG at these qualities (1 to 100, [n]) leaves of images whose sides are multiples of 8.

    The cosine transform of blocks, rounded to multiples of the table that libjpeg scales by quality.
    """
    n, _, height, width = images.shape
    to_ycc = images.new_tensor(
        [LUMA, (-0.168736, -0.331264, 0.5), (0.5, -0.418688, -0.081312)]
    )
    k = torch.arange(8, device=images.device, dtype=torch.float32)
    basis = torch.cos((2 * k[None] + 1) * k[:, None] * math.pi / 16) / 2
    basis[0] /= math.sqrt(2)
    percent = torch.where(quality < 50, 5000 / quality, 200 - 2 * quality)
    table = images.new_tensor(LUMINANCE_TABLE) * percent.view(-1, 1, 1, 1, 1, 1) / 100
    table = table.round().clamp(1, 255)
    ycc = torch.einsum("ij,njhw->nihw", to_ycc, images)
    blocks = ycc.view(n, 3, height // 8, 8, width // 8, 8).transpose(3, 4)
    frequencies = basis @ blocks @ basis.T
    kept = (frequencies / table).round() * table
    pixels = (basis.T @ kept @ basis).transpose(3, 4).reshape(n, 3, height, width)
    return torch.einsum("ij,njhw->nihw", torch.linalg.inv(to_ycc), pixels)


def _chosen(count: int, share: float, rng: np.random.Generator) -> Tensor:
    return torch.from_numpy(np.flatnonzero(rng.random(count) < share))


def _some(images: Tensor, share: float, rng: np.random.Generator, edit) -> Tensor:
    rows = _chosen(len(images), share, rng).to(images.device)
    images[rows] = edit(images[rows])
    return images


def _coarse(images: Tensor) -> Tensor:
    small = F.avg_pool2d(images, 2)
    return F.interpolate(small, scale_factor=2, mode="bilinear", align_corners=False)


def _grey(images: Tensor) -> Tensor:
    luma = (images * images.new_tensor(LUMA).view(1, 3, 1, 1)).sum(1, keepdim=True)
    return luma.expand_as(images)


def _relit(images: Tensor, rng: np.random.Generator, edits: Section) -> Tensor:
    """Pillow's ImageEnhance: brightness is a factor, contrast a factor about the mean grey."""
    count, span = len(images), edits.light_range
    chosen = rng.random(count) < edits.light
    bright, contrast = np.where(chosen, rng.uniform(1 - span, 1 + span, (2, count)), 1)
    dark = rng.random(count) < edits.dark
    bright = np.where(dark, rng.uniform(*edits.dark_range, count), bright)
    factors = torch.from_numpy(np.stack([bright, contrast])).float().to(images.device)
    bright, contrast = factors.view(2, -1, 1, 1, 1)
    images = (images * bright).clamp_(0, 255)
    mean = images.mean((1, 2, 3), keepdim=True)
    images = (mean + (images - mean) * contrast).clamp_(0, 255)
    # A dark copy has few levels left.
    return torch.where(bright < 1, images.round(), images)


def _covered(images: Tensor, rng: np.random.Generator, edits: Section) -> Tensor:
    count, (height, width) = len(images), images.shape[-2:]
    over, frame = (rng.random(count) < share for share in (edits.overlay, edits.border))
    area = rng.uniform(0.01, edits.cover_area, count)
    aspect = np.sqrt(rng.uniform(0.5, 4, count))
    w, h = (np.minimum(1, np.sqrt(area) * factor) for factor in (aspect, 1 / aspect))
    left, top = rng.random(count) * (1 - w), rng.random(count) * (1 - h)
    box = np.where(over, np.stack([left, top, left + w, top + h]), 2.0)
    # 1 - (1 - 2m)^2 = area, solved for the margin m.
    margin = np.where(frame, (1 - np.sqrt(1 - rng.uniform(0.01, edits.cover_area, count))) / 2, 0.0)
    numbers = np.concatenate([box, margin[None], rng.uniform(0, 255, (3, count))])
    numbers = torch.from_numpy(numbers).float().to(images.device).view(8, count, 1, 1)
    x = ((torch.arange(width, device=images.device) + 0.5) / width).view(1, 1, -1)
    y = ((torch.arange(height, device=images.device) + 0.5) / height).view(1, -1, 1)
    left, top, right, bottom, margin = numbers[:5]
    covered = (x >= left) & (x < right) & (y >= top) & (y < bottom)
    outside = (x < margin) | (x >= 1 - margin) | (y < margin) | (y >= 1 - margin)
    colour = numbers[5:].transpose(0, 1)
    return torch.where((covered | outside).unsqueeze(1), colour, images)
