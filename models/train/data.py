"""Training crops with the teacher's features, computed once and kept on disk; batches of them."""

from __future__ import annotations

import json
import math
import os
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image

from config import Config
from losses import Centres
from student import CHANNELS, HINT_CHANNELS
from teacher import OnnxGraph, load_teacher, normalise

Image.MAX_IMAGE_PIXELS = 64_000_000


def reference_root() -> Path:
    """The folder with the teacher and the pictures, from the environment."""
    root = os.environ.get("LIKENESS_REFERENCE_DIR")
    if not root:
        raise SystemExit("LIKENESS_REFERENCE_DIR: the folder with models/, images/, reference/")
    return Path(root)


@dataclass(frozen=True)
class Picture:
    """A training photograph; pictures with one label show one kind of subject."""

    path: Path
    label: str
    weight: float


def held_out_classes(config: Config) -> list[str]:
    """The classes of the fold that is never trained on."""
    folds = json.loads((reference_root() / "reference/folds.json").read_text(encoding="utf-8"))
    return folds[config.data.held_out_fold]


def training_pictures(config: Config) -> list[Picture]:
    """Every picture of the sources but those of held-out classes, in a fixed order."""
    images, held_out = reference_root() / "images", set(held_out_classes(config))
    pictures = []
    for source, weight in zip(config.data.sources, config.data.source_weights, strict=True):
        for path in sorted((images / source).rglob("*.[jJ][pP]*[gG]")):
            folder = path.parent.name
            if folder in held_out:
                continue
            # In a folder of its own a class; else every picture is a subject by itself.
            label = folder if path.parent != images / source else str(path)
            pictures.append(Picture(path, label, weight))
    return pictures


class Store:
    """The prepared arrays, memory-mapped; rows below `count()` are complete."""

    def __init__(self, folder: Path, config: Config, write: bool = False) -> None:
        self.folder = folder
        fresh = write and not (folder / "count.json").exists()
        mode = "w+" if fresh else "r+" if write else "r"
        data = config.data
        side, grid, hint = data.crop_pixels, data.grid, data.hint_grid
        folder.mkdir(parents=True, exist_ok=True)

        def array(name: str, dtype: type, *shape: int) -> np.memmap:
            return np.memmap(folder / name, dtype, mode, shape=(data.crops, *shape))

        self.pixels = array("pixels.u8", np.uint8, side, side, 3)
        self.dense = array("dense.f16", np.float16, grid, grid, CHANNELS)
        self.pooled = array("pooled.f16", np.float16, CHANNELS)
        self.hint = array("hint.f16", np.float16, hint, hint, HINT_CHANNELS)
        self.label = array("label.i32", np.int32)
        if fresh:
            self._settings().write_text(json.dumps(data.__dict__), encoding="utf-8")
            self.set_count(0)
        elif json.loads(self._settings().read_text(encoding="utf-8")) != data.__dict__:
            raise SystemExit(f"{folder} was prepared with other [data] settings")

    def _settings(self) -> Path:
        return self.folder / "settings.json"

    def count(self) -> int:
        """How many rows are ready."""
        return json.loads((self.folder / "count.json").read_text(encoding="utf-8"))

    def set_count(self, rows: int) -> None:
        """Publishes the rows below `rows`; replaced in one step, for readers beside us."""
        fresh = self.folder / "count.json.new"
        fresh.write_text(json.dumps(rows), encoding="utf-8")
        fresh.replace(self.folder / "count.json")

    def centres(self, rows: int = 8192) -> Centres:
        """Statistics of the first rows: enough for means over 1280 channels."""
        rows = min(rows, self.count())
        dense = torch.from_numpy(self.dense[:rows].astype(np.float32)).reshape(-1, CHANNELS)
        pooled = torch.from_numpy(self.pooled[:rows].astype(np.float32))
        hint = torch.from_numpy(self.hint[:rows].astype(np.float32)).reshape(-1, HINT_CHANNELS)
        return Centres(F.normalize(dense).mean(0), F.normalize(pooled).mean(0), hint.var(0).mean())


def random_crop(image: Image.Image, rng: np.random.Generator, config: Config) -> list[np.ndarray]:
    """One crop at the teacher's and at the student's stored size, flipped half of the time."""
    area, jitter = config.data.area, config.data.aspect_jitter
    side = min(image.size) * math.sqrt(rng.uniform(*area))
    stretch = math.exp(rng.uniform(-jitter, jitter))
    width = min(image.width, side * stretch)
    height = min(image.height, side / stretch)
    left, top = rng.uniform(0, image.width - width), rng.uniform(0, image.height - height)
    flip = rng.random() < 0.5
    box, views = (left, top, left + width, top + height), []
    for pixels in (config.teacher.input, config.data.crop_pixels):
        view = image.resize((pixels, pixels), Image.BILINEAR, box)
        views.append(np.asarray(view)[:, ::-1] if flip else np.asarray(view))
    return views


class CropMaker:
    """Random crops by number: the same number gives the same crop again."""

    def __init__(self, config: Config) -> None:
        self.config = config
        self.pictures = training_pictures(config)
        with ThreadPoolExecutor() as pool:
            self.images = list(pool.map(_open, self.pictures))
        weights = np.array([picture.weight for picture in self.pictures])
        self.odds = weights / weights.sum()
        names = {label: i for i, label in enumerate(sorted({p.label for p in self.pictures}))}
        self.labels = [names[picture.label] for picture in self.pictures]

    def make(self, number: int) -> tuple[list[np.ndarray], int]:
        """(views, label) of crop `number`; some blend two pictures and have the first's label.

        Beyer et al. 2022, "Knowledge distillation: a good teacher is patient and consistent":
        blends stand in for pictures that a small set does not have.
        """
        rng = np.random.default_rng([self.config.data.seed, number])
        index = rng.choice(len(self.images), p=self.odds)
        views = random_crop(self.images[index], rng, self.config)
        if rng.random() < self.config.data.mix_share:
            other = self.images[rng.choice(len(self.images), p=self.odds)]
            share = rng.uniform(0.5, 1.0)
            pairs = zip(views, random_crop(other, rng, self.config), strict=True)
            views = [np.rint(a * share + b * (1 - share)).astype(np.uint8) for a, b in pairs]
        return views, self.labels[index]

    def make_all(self, numbers: range) -> list[tuple[list[np.ndarray], int]]:
        """`make` for each of the numbers."""
        return [self.make(number) for number in numbers]


def _open(picture: Picture) -> Image.Image:
    with Image.open(picture.path) as image:
        return image.convert("RGB")


def prepare(folder: Path, config: Config) -> None:
    """Fills the store, or goes on where it was interrupted; shows progress with the time left."""
    store = Store(folder, config, write=True)
    done, total, batch = store.count(), config.data.crops, config.teacher.batch
    if done >= total:
        return
    graph = load_teacher(reference_root() / config.teacher.file)
    maker = CropMaker(config)
    begin, first = time.monotonic(), done
    with ThreadPoolExecutor(2) as pool:
        chunks = [range(at, min(at + batch, total)) for at in range(done, total, batch)]
        pending = [pool.submit(maker.make_all, chunk) for chunk in chunks[:2]]
        for i, chunk in enumerate(chunks):
            made = pending.pop(0).result()
            if i + 2 < len(chunks):
                pending.append(pool.submit(maker.make_all, chunks[i + 2]))
            _fill(store, chunk, made, graph, config)
            if i % 20 == 0 or chunk.stop == total:
                store.set_count(chunk.stop)
                rate = (chunk.stop - first) / (time.monotonic() - begin)
                left = f"{rate:.0f}/s, {(total - chunk.stop) / rate / 60:.1f} min left"
                print(f"prepared {chunk.stop}/{total}, {left}", flush=True)


def _fill(store: Store, rows: range, made: list, graph: OnnxGraph, config: Config) -> None:
    pixels = np.stack([views[0] for views, _label in made])
    batch = normalise(torch.from_numpy(pixels).permute(0, 3, 1, 2).to(graph.device))
    features, hint = graph.run(batch, ["features", config.teacher.hint_tensor])
    if hint.shape[1] != HINT_CHANNELS:
        raise ValueError("teacher.hint_tensor is not the 96-channel stage")
    at = slice(rows.start, rows.stop)
    store.pixels[at] = np.stack([views[1] for views, _label in made])
    store.label[at] = [label for _views, label in made]
    store.pooled[at] = features.mean((2, 3)).cpu().numpy()
    store.dense[at] = _cells(F.adaptive_avg_pool2d(features, config.data.grid))
    store.hint[at] = _cells(F.adaptive_avg_pool2d(hint, config.data.hint_grid))


def _cells(maps: torch.Tensor) -> np.ndarray:
    return maps.permute(0, 2, 3, 1).cpu().numpy()


class Sampler:
    """Which rows make up a batch: a pure function of the seed and the step, so resume is exact."""

    def __init__(self, store: Store, seed: int, batch: int, partner_share: float) -> None:
        self.seed, self.batch = seed, batch
        self.partners = int(batch * partner_share / 2)
        labels = np.asarray(store.label[: store.count()])
        self.order = np.argsort(labels, kind="stable")
        self.labels = labels
        self.begin = np.searchsorted(labels[self.order], labels, "left")
        self.end = np.searchsorted(labels[self.order], labels, "right")

    def rows(self, step: int) -> np.ndarray:
        """Random rows; the last share a label with the first, for similar pairs to learn from."""
        rng = np.random.default_rng([self.seed, step])
        rows = rng.integers(0, len(self.labels), self.batch - self.partners)
        anchors = rows[: self.partners]
        partners = self.order[rng.integers(self.begin[anchors], self.end[anchors])]
        return np.concatenate([rows, partners])
