"""From a feature map to what cosines are made of, as the core does it: core/include/likeness/embedding.hpp."""

from __future__ import annotations

import torch.nn.functional as F
from torch import Tensor

MEAN_EMBEDDING = 0.012
"""Taken off every number of an embedding of length 1: two thirds of what they are on average (see ../README.md)."""


def pool(features: Tensor) -> Tensor:
    """[n, channels] of [n, channels, h, w]: the mean of the cells, each weighed by the square of its energy.

    The energy is the sum of a cell's squares: what shows much counts for more than plain ground.
    """
    squared = features.square().sum(1, keepdim=True).square()
    weight = squared / squared.sum((2, 3), keepdim=True).clamp(min=1e-12)
    return (features * weight).sum((2, 3))


def compared(features: Tensor) -> Tensor:
    """[n, channels]: the vectors whose cosines the scores are made of."""
    return F.normalize(pool(features)) - MEAN_EMBEDDING
