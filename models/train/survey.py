"""What the teacher makes of the whole pictures, once, before the training."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from bank import CELL, Teacher
from config import Config
from crops import NOTHING, Crops, Renderer
from losses import Centres
from pictures import Pictures
from pooling import pool
from student import CHANNELS


@dataclass
class Survey:
    """Statistics of the teacher's features, and every picture's nearest others."""

    neighbours: np.ndarray  # int64 [n, k]
    centres: Centres


def survey(
    pictures: Pictures, renderer: Renderer, teacher: Teacher, config: Config, file: Path
) -> Survey:
    """Reads `file` if it is there, else asks the teacher and writes it."""
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        np.savez(file, **_ask(pictures, renderer, teacher, config))
    stored = np.load(file)
    if len(stored["neighbours"]) != len(pictures):
        raise SystemExit(f"{file} is of other pictures")
    device = renderer.pixels.device
    names = ("dense", "pooled", "hint_variance")
    centres = Centres(*(torch.from_numpy(stored[name]).to(device) for name in names))
    return Survey(stored["neighbours"], centres)


def _ask(
    pictures: Pictures, renderer: Renderer, teacher: Teacher, config: Config
) -> dict[str, np.ndarray]:
    count, device = len(pictures), renderer.pixels.device
    pooled = torch.zeros(count, CHANNELS, device=device)
    dense, variance, cells = torch.zeros(CHANNELS, device=device), 0.0, 0
    for shape in config.shapes:
        low, high = shape.aspect
        rows = np.flatnonzero((pictures.aspect >= low) & (pictures.aspect < high))
        tall, wide = (CELL * side for side in shape.teacher)
        for part in np.array_split(rows, max(1, len(rows) // config.teacher.batch)):
            if not len(part):
                continue
            hint, features = teacher(renderer(_whole(part).to(device), tall, wide))
            pooled[torch.from_numpy(part).to(device)] = pool(features)
            dense += F.normalize(features, dim=1).sum((0, 2, 3))
            cells += features.shape[0] * features.shape[2] * features.shape[3]
            variance += float(hint.var((0, 2, 3)).mean()) * len(part)
    seen = pooled.abs().sum(1) > 0
    unit = F.normalize(pooled)
    middle = unit[seen].mean(0)
    return {
        "neighbours": _nearest(F.normalize(unit - middle), config.views.neighbours),
        "dense": (dense / cells).cpu().numpy(),
        "pooled": middle.cpu().numpy(),
        "hint_variance": np.float32(variance / int(seen.sum())),
    }


def _whole(rows: np.ndarray) -> Crops:
    count = len(rows)
    window = torch.tensor([0.0, 0.0, 1.0, 1.0]).expand(count, 2, 4).contiguous()
    picture = torch.from_numpy(np.stack([rows, rows], 1))
    return Crops(picture, window, torch.ones(count), torch.tensor(NOTHING).repeat(count, 1))


def _nearest(vectors: Tensor, count: int) -> np.ndarray:
    count, found = min(count, len(vectors) - 1), []
    for begin in range(0, len(vectors), 1024):
        cosine = vectors[begin : begin + 1024] @ vectors.T
        rows = torch.arange(len(cosine), device=cosine.device)
        cosine[rows, rows + begin] = -2
        found.append(cosine.topk(count).indices.cpu())
    return torch.cat(found).numpy()
