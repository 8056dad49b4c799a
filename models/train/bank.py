"""Views with the teacher's features: made as the training goes, kept for a while, used some times.

The content at any step is a pure function of the seed and the step: a training that was interrupted
makes the same views again.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from config import Config
from crops import CropMaker, Crops, Renderer
from losses import Targets
from pooling import pool
from student import CHANNELS, HINT_CHANNELS
from teacher import OnnxGraph, normalise

CELL = 32
"""Pixels of a cell of the feature map."""


class Teacher:
    """The full model's features of views and of whole pictures."""

    def __init__(self, graph: OnnxGraph, config: Config) -> None:
        self.graph, self.hint, self.batch = graph, config.teacher.hint_tensor, config.teacher.batch

    def __call__(self, images: Tensor) -> tuple[Tensor, Tensor]:
        """(hint [n, 96, 2g, 2g'], features [n, 1280, g, g']) of float pixels 0..255."""
        parts = [
            self.graph.run(normalise(part), [self.hint, "features"])
            for part in images.split(self.batch)
        ]
        hint, features = (torch.cat(part) for part in zip(*parts, strict=True))
        return hint, features


@dataclass
class Kept:
    """Arrays of one shape's views, as rings."""

    crops: Crops
    dense: Tensor  # fp16 [rows, 1280, g, g']
    pooled: Tensor  # fp16 [rows, 1280]
    hint: Tensor  # fp16 [rows, 96, 2g, 2g']


class Bank:
    """The views of one shape. A visit is a step of the training that uses this shape."""

    def __init__(
        self, shape: int, maker: CropMaker, renderer: Renderer, teacher: Teacher, config: Config
    ) -> None:
        self.shape, self.maker, self.renderer, self.teacher = shape, maker, renderer, teacher
        self.config = config
        self.cells = config.shapes[shape].student
        self.teacher_cells = config.shapes[shape].teacher
        batch, reuse = config.train.batch, config.bank.reuse
        self.chunk = 2 * -(-batch // (2 * reuse))
        """Views that a visit adds: each is used `reuse` times on average."""
        self.first = -(-batch // self.chunk)
        """Chunks that the first visit adds, so that there is a batch."""
        self.chunks = max(self.first, config.bank.rows // self.chunk)
        self.kept = self._empty()
        self.made = 0

    def _empty(self) -> Kept:
        rows, device = self.chunks * self.chunk, self.renderer.pixels.device
        high, wide = self.cells

        def half(*shape: int) -> Tensor:
            return torch.zeros((rows, *shape), dtype=torch.float16, device=device)

        sizes = {"picture": (2,), "window": (2, 4), "share": (), "patch": (4,)}
        kinds = {"picture": torch.int64}
        crops = Crops(
            *(
                torch.zeros((rows, *sizes[f.name]), dtype=kinds.get(f.name), device=device)
                for f in fields(Crops)
            )
        )
        hint = half(HINT_CHANNELS, 2 * high, 2 * wide)
        return Kept(crops, half(CHANNELS, high, wide), half(CHANNELS), hint)

    def visit(self, number: int) -> None:
        """Makes what the bank holds at this visit, counted from 0."""
        wanted = self.first + number
        for chunk in range(max(self.made, wanted - self.chunks), wanted):
            self._fill(chunk)
        self.made = wanted

    def _fill(self, chunk: int) -> None:
        rng = np.random.default_rng([self.config.data.seed, self.shape, chunk])
        crops = self.maker.draw(rng, self.chunk, self.shape).to(self.renderer.pixels.device)
        high, wide = (CELL * cells for cells in self.teacher_cells)
        hint, features = self.teacher(self.renderer(crops, high, wide))
        at = slice(chunk % self.chunks * self.chunk, (chunk % self.chunks + 1) * self.chunk)
        for field in fields(Crops):
            getattr(self.kept.crops, field.name)[at] = getattr(crops, field.name)
        self.kept.pooled[at] = pool(features).half()
        self.kept.dense[at] = F.adaptive_avg_pool2d(features, tuple(self.cells)).half()
        self.kept.hint[at] = F.adaptive_avg_pool2d(hint, self.kept.hint.shape[-2:]).half()

    def draw(self, rng: np.random.Generator) -> tuple[Crops, Targets]:
        """A batch; partners stay together."""
        batch = self.config.train.batch
        pairs = min(self.made, self.chunks) * self.chunk // 2
        chosen = rng.choice(pairs, batch // 2, replace=False)
        rows = torch.from_numpy(np.stack([2 * chosen, 2 * chosen + 1], 1).reshape(-1))
        rows = rows.to(self.renderer.pixels.device)
        kept = self.kept
        maps = (kept.dense[rows].float(), kept.pooled[rows].float(), kept.hint[rows].float())
        return kept.crops.rows(rows), Targets(*maps)
