"""Random views of the pictures: where they lie, and their pixels, on whatever device holds them."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from config import Config, Section
from pictures import Pictures

NOTHING = (2.0, 2.0, 2.0, 2.0)
"""A rectangle outside of every view."""


@dataclass
class Crops:
    """n views; each may mix two pictures. Coordinates run from -1 to 1 over a picture or a view."""

    picture: Tensor  # int64 [n, 2]: the picture, and the one that is mixed in
    window: Tensor  # [n, 2, 4]: centre x, y and half width, height; a negative half width mirrors
    share: Tensor  # [n]: of the first picture's light; 1 where none is mixed in
    patch: Tensor  # [n, 4]: left, top, right, bottom of what the second picture covers

    def rows(self, chosen: Tensor) -> "Crops":
        """Some of them."""
        return Crops(*(getattr(self, field.name)[chosen] for field in fields(self)))

    def to(self, device: torch.device) -> "Crops":
        """On this device."""
        return Crops(*(getattr(self, field.name).to(device) for field in fields(self)))


class CropMaker:
    """Draws views for one shape at a time: pairs of a picture and one that the teacher finds alike."""

    def __init__(self, pictures: Pictures, neighbours: np.ndarray, config: Config) -> None:
        """neighbours: [n, k], for every picture the rows of those most alike."""
        self.pictures, self.neighbours, self.config = pictures, neighbours, config
        odds = pictures.odds(config)
        self.odds = [self._odds(odds, shape) for shape in config.shapes]

    def _odds(self, odds: np.ndarray, shape: Section) -> np.ndarray:
        low, high = shape.aspect
        aspect = self.pictures.aspect
        own = (aspect >= low) & (aspect < high)
        weighted = odds * np.where(own, self.config.views.own_shape, 1.0)
        return np.cumsum(weighted / weighted.sum())

    def draw(self, rng: np.random.Generator, count: int, shape: int) -> Crops:
        """`count` views of this shape; rows 2i and 2i + 1 are partners."""
        views = self.config.views
        anchors = self._pictures(rng, count // 2, shape)
        alike = rng.integers(0, self.neighbours.shape[1], count // 2)
        partners = self.neighbours[anchors, alike]
        first = np.stack([anchors, partners], 1).reshape(-1)
        picture = np.stack([first, self._pictures(rng, count, shape)], 1)
        window = np.stack([self._windows(rng, picture[:, i], shape) for i in range(2)], 1)
        fate = rng.random(count)
        blended = fate < views.blend_share
        patched = (fate >= views.blend_share) & (fate < views.blend_share + views.patch_share)
        share = np.where(blended, rng.uniform(0.5, 1, count), 1.0)
        patch = np.where(patched[:, None], _patches(rng, count), NOTHING)
        arrays = (window, share, patch)
        return Crops(torch.from_numpy(picture), *(torch.from_numpy(a).float() for a in arrays))

    def _pictures(self, rng: np.random.Generator, count: int, shape: int) -> np.ndarray:
        rows = np.searchsorted(self.odds[shape], rng.random(count))
        return np.minimum(rows, len(self.pictures) - 1)

    def _windows(self, rng: np.random.Generator, rows: np.ndarray, shape: int) -> np.ndarray:
        views, (low, high) = self.config.views, self.config.shapes[shape].aspect
        count, own = len(rows), self.pictures.aspect[rows]
        aspect = np.exp(rng.uniform(math.log(low), math.log(high), count))
        whole = rng.random(count) < views.whole_share
        # The whole picture where its own aspect has this shape, else as much of it as the aspect leaves.
        aspect = np.where(whole, np.clip(own, low, high), aspect)
        width, height = np.minimum(1, aspect / own), np.minimum(1, own / aspect)
        size = np.where(whole, 1, np.sqrt(rng.uniform(*views.area, count)))
        half_width, half_height = width * size, height * size
        x = rng.uniform(-1, 1, count) * (1 - half_width)
        y = rng.uniform(-1, 1, count) * (1 - half_height)
        flip = np.where(rng.random(count) < 0.5, -1, 1)
        return np.stack([x, y, half_width * flip, half_height], 1)


def _patches(rng: np.random.Generator, count: int) -> np.ndarray:
    area, aspect = rng.uniform(0.05, 0.4, count), np.exp(rng.uniform(-0.7, 0.7, count))
    half = np.stack([np.sqrt(area * aspect), np.sqrt(area / aspect)], 1).clip(0, 1)
    centre = rng.uniform(-1, 1, (count, 2)) * (1 - half)
    return np.concatenate([centre - half, centre + half], 1)


class Renderer:
    """Reads views out of the pictures."""

    def __init__(self, pixels: Tensor) -> None:
        """pixels: uint8 [n, 3, s, s], on the device that renders."""
        self.pixels = pixels
        side = pixels.shape[-1] // 2
        halves = [F.avg_pool2d(part.float(), 2).round_().byte() for part in pixels.split(512)]
        self.halves = torch.cat(halves)[:, :, :side, :side]

    def __call__(
        self,
        crops: Crops,
        height: int,
        width: int,
        motion: Tensor | None = None,
        padding: str = "border",
    ) -> Tensor:
        """Float pixels 0..255 [n, 3, height, width]. motion: [n, 2, 3], a view of the view."""
        # Sampling points has no antialiasing: smaller pictures for small views, and four points a pixel.
        full = self.pixels.shape[-1]
        source = self.halves if 2 * max(height, width) <= full * 1.3 else self.pixels
        fine = 2 if max(height, width) < full else 1
        points = self._points(crops, height * fine, width * fine, motion)
        views = _sample(source, crops.picture[:, 0], crops.window[:, 0], points, padding)
        mixed = torch.nonzero((crops.share < 1) | (crops.patch[:, 0] < 1)).flatten()
        if len(mixed):
            some = crops.rows(mixed)
            other = _sample(source, some.picture[:, 1], some.window[:, 1], points[mixed], padding)
            share = some.share.view(-1, 1, 1, 1) * (1 - _inside(points[mixed], some.patch))
            views[mixed] = views[mixed] * share + other * (1 - share)
        return F.avg_pool2d(views, fine) if fine > 1 else views

    def _points(self, crops: Crops, height: int, width: int, motion: Tensor | None) -> Tensor:
        count, device = len(crops.share), self.pixels.device
        if motion is None:
            motion = torch.eye(2, 3, device=device).expand(count, 2, 3)
        return F.affine_grid(motion, (count, 3, height, width), align_corners=False)


def _sample(source: Tensor, rows: Tensor, window: Tensor, points: Tensor, padding: str) -> Tensor:
    centre, half = window[:, None, None, :2], window[:, None, None, 2:]
    return F.grid_sample(source[rows].float(), points * half + centre, "bilinear", padding, False)


def _inside(points: Tensor, box: Tensor) -> Tensor:
    left, top, right, bottom = box.view(-1, 4, 1, 1).unbind(1)
    x, y = points.unbind(3)
    return ((x >= left) & (x < right) & (y >= top) & (y < bottom)).float().unsqueeze(1)
