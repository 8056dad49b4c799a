"""From a feature map to an embedding, as the core makes one: `weigh_cells` in core/include/likeness/embedding.hpp."""

from __future__ import annotations

from torch import Tensor


def pool(features: Tensor) -> Tensor:
    """[n, channels] of [n, channels, h, w]: the mean of the cells, each weighed by its energy.

    The energy is the sum of a cell's squares: what shows much counts for more than plain ground.
    """
    energy = features.square().sum(1, keepdim=True)
    weight = energy / energy.sum((2, 3), keepdim=True).clamp(min=1e-12)
    return (features * weight).sum((2, 3))
