"""What the student is pulled towards. Each loss is a mean over the batch, near 1 at the start."""

from __future__ import annotations

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from config import Section
from pooling import pool

TEMPERATURE = 0.1
"""Of the ranking: how much nearer neighbours count for more."""


@dataclass
class Targets:
    """The teacher's features of a batch, its maps pooled to the student's grid."""

    dense: Tensor  # [n, 1280, g, g']
    pooled: Tensor  # [n, 1280]
    hint: Tensor  # [n, 96, 2g, 2g']


@dataclass
class Centres:
    """Means over the whole pictures, of unit vectors, and the hint's mean variance."""

    dense: Tensor  # [1280]
    pooled: Tensor  # [1280]
    hint_variance: Tensor  # []


class Adaptor(nn.Module):
    """1x1 convolution from the student's hint stage to the teacher's, used in training only.

    Romero et al. 2015, "FitNets: Hints for Thin Deep Nets".
    """

    def __init__(self, channels: int, teacher_channels: int) -> None:
        super().__init__()
        self.project = nn.Conv2d(channels, teacher_channels, 1)

    def forward(self, hint: Tensor) -> Tensor:
        return self.project(hint)


def distances(
    hint: Tensor, features: Tensor, aligned: Tensor, targets: Targets, centres: Centres
) -> dict[str, Tensor]:
    """Every loss by its name in the configuration's [loss].

    aligned: [n], 0 where the student's cells are not the teacher's. Half of a cosine between two
    embeddings is what all pictures have in common; the centred distances leave that out, so that
    what tells pictures apart weighs more.
    """
    dense = F.adaptive_avg_pool2d(targets.dense, features.shape[-2:])
    goal = F.adaptive_avg_pool2d(targets.hint, hint.shape[-2:])
    cells, cells_goal = F.normalize(features, dim=1), F.normalize(dense, dim=1)
    pooled, pooled_goal = F.normalize(pool(features)), F.normalize(targets.pooled)
    centre, middle = centres.dense.view(1, -1, 1, 1), centres.pooled
    centred_cells = F.cosine_similarity(cells - centre, cells_goal - centre)
    centred, centred_goal = F.normalize(pooled - middle), F.normalize(pooled_goal - middle)
    return {
        "dense": _masked(1 - (cells * cells_goal).sum(1), aligned),
        "dense_centred": _masked(1 - centred_cells, aligned),
        "pooled": (1 - (pooled * pooled_goal).sum(1)).mean(),
        "pooled_centred": (1 - (centred * centred_goal).sum(1)).mean(),
        "hint": _masked(((hint - goal) ** 2).mean(1), aligned) / centres.hint_variance,
        "similarity": _similarity(pooled, pooled_goal),
        "ranking": _ranking(centred, centred_goal),
    }


def total(parts: dict[str, Tensor], weights: Section) -> Tensor:
    """The weighted sum that is minimised."""
    return sum(getattr(weights, name) * value for name, value in parts.items())


def _masked(per_cell: Tensor, aligned: Tensor) -> Tensor:
    per_sample = per_cell.mean((1, 2))
    return (per_sample * aligned).sum() / aligned.sum().clamp(min=1)


def _similarity(pooled: Tensor, goal: Tensor) -> Tensor:
    """Mean squared difference of the batch's two cosine matrices, off the diagonal.

    Tung and Mori 2019, "Similarity-Preserving Knowledge Distillation", with cosines.
    """
    n = len(pooled)
    off = 1 - torch.eye(n, device=pooled.device)
    return (((pooled @ pooled.T - goal @ goal.T) * off) ** 2).sum() / max(1, n * (n - 1))


def _ranking(centred: Tensor, goal: Tensor) -> Tensor:
    """How far off the student ranks the batch as the teacher does (Kullback-Leibler divergence).

    Fang et al. 2021, "SEED: Self-supervised Distillation for Visual Representation", with the batch
    in place of a queue.
    """
    itself = torch.eye(len(goal), dtype=torch.bool, device=goal.device)
    ours, theirs = (
        (vectors @ vectors.T / TEMPERATURE).masked_fill(itself, -1e4) for vectors in (centred, goal)
    )
    target = F.softmax(theirs, 1)
    return F.kl_div(F.log_softmax(ours, 1), target, reduction="batchmean")
