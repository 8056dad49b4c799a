"""The training loop: interrupted at any time, it goes on from its last checkpoint."""

from __future__ import annotations

import json
import math
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from queue import Queue

import numpy as np
import torch
from torch import Tensor

from config import Config
from data import Sampler, Store, reference_root
from losses import Adaptor, Targets, distances, total
from student import HINT_CHANNELS, Student, embed
from teacher import best_device, fast_dtype, load_teacher, normalise
from validate import ValidationSet, evaluate, validation_set
from views import student_views


Clock = Callable[[], float]
"""Seconds since some moment."""


@dataclass
class Batch:
    """What one step trains on."""

    step: int
    images: Tensor
    targets: Targets


class Schedule:
    """How far the training is, 0 to 1: by steps where their number is given, else by a clock."""

    def __init__(self, config: Config, steps: int | None, elapsed: float, clock: Clock) -> None:
        self.train, self.input, self.steps = config.train, config.student.input, steps
        self.clock = clock
        self.start = clock() - elapsed

    def elapsed(self) -> float:
        """Seconds of training, those before an interruption included."""
        return self.clock() - self.start

    def progress(self, step: int) -> float:
        """The elapsed share, at most 1."""
        if self.steps:
            return min(1.0, step / self.steps)
        return min(1.0, self.elapsed() / (60 * self.train.minutes))

    def learning_rate(self, step: int) -> float:
        """Linear warm-up, then half a cosine down to 0 (Loshchilov and Hutter 2017, SGDR)."""
        warmth = min(1.0, (step + 1) / self.train.warmup_steps)
        fall = (1 + math.cos(math.pi * self.progress(step))) / 2
        return self.train.learning_rate * warmth * fall

    def size(self, step: int) -> int:
        """The input side at this point."""
        progress = self.progress(step)
        parts = [part for begin, part in self.train.sizes if progress >= begin]
        return round(self.input * parts[-1])

    def seconds_left(self, step: int) -> float:
        """Until the end, at the speed so far."""
        done = self.progress(step)
        return self.elapsed() * (1 - done) / done if done else math.inf


class Trainer:
    """One student, its optimiser and its average, with their checkpoints and log in `folder`."""

    def __init__(
        self,
        config: Config,
        store: Store,
        folder: Path,
        steps: int | None = None,
        clock: Clock = time.monotonic,
    ) -> None:
        self.config, self.store, self.folder = config, store, folder
        folder.mkdir(parents=True, exist_ok=True)
        torch.manual_seed(config.train.seed)
        self.device = best_device()
        self.dtype = fast_dtype(self.device)
        self.model = self._place(Student(config.student.width))
        self.adaptor = self._place(Adaptor(self.model.hint_channels, HINT_CHANNELS))
        self.average = self._place(Student(config.student.width)).eval()
        self.average.load_state_dict(self.model.state_dict())
        self.optimiser = torch.optim.AdamW(self._groups(), foreach=True)
        self.centres = store.centres()
        self.log = folder / "log.jsonl"
        self.log.touch()
        self.step, elapsed = 0, 0.0
        if self.checkpoint.exists():
            elapsed = self._resume()
        self.schedule = Schedule(config, steps, elapsed, clock)

    @property
    def checkpoint(self) -> Path:
        """The file to go on from."""
        return self.folder / "checkpoint.pt"

    def run(self, validation: ValidationSet | None = None) -> Student:
        """Trains to the end and returns the averaged student."""
        sums: dict[str, float] = {}
        saved = judged = self.schedule.elapsed()
        for batch in self._batches():
            if self.schedule.progress(self.step) >= 1:
                break
            for name, value in self._update(batch).items():
                sums[name] = sums.get(name, 0.0) + value
            self.step += 1
            if self.step % self.config.train.log_every == 0:
                self._report(sums, batch.images.shape[-1])
                sums = {}
            now = self.schedule.elapsed()
            if now - saved > 60 * self.config.train.checkpoint_minutes:
                self._save()
                saved = now
            if validation and now - judged > 60 * self.config.train.validate_minutes:
                self.judge(validation)
                judged = now
        self._save()
        if validation:
            self.judge(validation)
        return self.average

    def judge(self, validation: ValidationSet) -> dict:
        """Logs the averaged student's figures on the held-out fold."""
        figures = evaluate(
            lambda images: embed(self.average, self._images(images)),
            validation,
            self.config.validation.batch,
        )
        self._log({"validation": figures})
        print("validation", {k: v for k, v in figures.items() if k != "edits"}, flush=True)
        return figures

    def _place(self, module: torch.nn.Module) -> torch.nn.Module:
        return module.to(self.device).to(memory_format=torch.channels_last)

    def _images(self, images: Tensor) -> Tensor:
        return images.to(self.device).contiguous(memory_format=torch.channels_last)

    def _groups(self) -> list[dict]:
        """Weight decay on the convolutions only: scales and biases are not to be shrunk."""
        named = [*self.model.named_parameters(), *self.adaptor.named_parameters()]
        decay = self.config.train.weight_decay
        return [
            {"params": [p for _n, p in named if p.dim() > 1], "weight_decay": decay},
            {"params": [p for _n, p in named if p.dim() == 1], "weight_decay": 0.0},
        ]

    def _update(self, batch: Batch) -> dict[str, float]:
        for group in self.optimiser.param_groups:
            group["lr"] = self.schedule.learning_rate(self.step)
        self.model.train()
        reduced = self.dtype != torch.float32
        with torch.autocast(self.device.type, self.dtype, enabled=reduced):
            hint, features = self.model(self._images(batch.images))
            hint = self.adaptor(hint)
        parts = distances(hint.float(), features.float(), batch.targets, self.centres)
        loss = total(parts, self.config.loss)
        self.optimiser.zero_grad(set_to_none=True)
        loss.backward()
        self.optimiser.step()
        if self.step % self.config.train.ema_every == 0:
            self._blend()
        return {"loss": loss.item(), **{name: value.item() for name, value in parts.items()}}

    def _blend(self) -> None:
        """Moves the average towards the model; faster at first, when there is little to average."""
        decay = min(self.config.train.ema_decay, (1 + self.step) / (10 + self.step))
        share = 1 - decay**self.config.train.ema_every
        mine, theirs = self.average.state_dict(), self.model.state_dict()
        names = [name for name, value in mine.items() if value.is_floating_point()]
        kept = [mine[name] for name in names]
        torch._foreach_mul_(kept, 1 - share)
        torch._foreach_add_(kept, [theirs[name] for name in names], alpha=share)

    def _batches(self) -> Iterator[Batch]:
        """Batches made beside the training, a few ahead."""
        queue: Queue = Queue(maxsize=3)
        stop = threading.Event()
        arguments = (queue, stop, self.step)
        worker = threading.Thread(target=self._produce, args=arguments, daemon=True)
        worker.start()
        try:
            while True:
                item = queue.get()
                if isinstance(item, Exception):
                    raise item
                yield item
        finally:
            stop.set()
            while worker.is_alive():
                while not queue.empty():
                    queue.get()
                worker.join(0.05)

    def _produce(self, queue: Queue, stop: threading.Event, step: int) -> None:
        torch.set_num_threads(1)  # of this thread: the others are training
        train = self.config.train
        try:
            sampler = Sampler(self.store, train.seed, train.batch, train.partner_share)
            while not stop.is_set():
                queue.put(self._make(sampler.rows(step), step))
                step += 1
        except Exception as problem:  # raised again in the training thread
            queue.put(problem)

    def _make(self, rows: np.ndarray, step: int) -> Batch:
        rng = np.random.default_rng([self.config.train.seed, step, 1])
        size = self.schedule.size(step)
        pixels, aligned = student_views(self.store.pixels[rows], size, rng, self.config.edits)
        targets = Targets(
            dense=_maps(self.store.dense[rows]).to(self.device),
            pooled=torch.from_numpy(self.store.pooled[rows]).float().to(self.device),
            hint=_maps(self.store.hint[rows]).to(self.device),
            aligned=aligned.to(self.device),
        )
        return Batch(step, normalise(pixels), targets)

    def _report(self, sums: dict[str, float], size: int) -> None:
        count = self.config.train.log_every
        means = {name: round(value / count, 5) for name, value in sums.items()}
        self._log({"size": size, "lr": round(self.schedule.learning_rate(self.step), 7), **means})
        elapsed = self.schedule.elapsed()
        left = self.schedule.seconds_left(self.step) / 60
        speed = self.step * self.config.train.batch / elapsed
        print(f"step {self.step}, {speed:.0f} images/s, {left:.1f} min left, {means}", flush=True)

    def _log(self, entry: dict) -> None:
        place = {
            "step": self.step,
            "minutes": round(self.schedule.elapsed() / 60, 3),
            "images": self.step * self.config.train.batch,
        }
        with self.log.open("a", encoding="utf-8") as log:
            log.write(json.dumps({**place, **entry}) + "\n")

    def _save(self) -> None:
        fresh = self.checkpoint.with_suffix(".new")
        state = {
            "step": self.step,
            "elapsed": self.schedule.elapsed(),
            "config": self.config.values,
            "model": self.model.state_dict(),
            "adaptor": self.adaptor.state_dict(),
            "average": self.average.state_dict(),
            "optimiser": self.optimiser.state_dict(),
        }
        torch.save(state, fresh)
        fresh.replace(self.checkpoint)

    def _resume(self) -> float:
        state = torch.load(self.checkpoint, map_location=self.device)
        for name in ("model", "adaptor", "average", "optimiser"):
            getattr(self, name).load_state_dict(state[name])
        self.step = state["step"]
        self._forget_later()
        return state["elapsed"]

    def _forget_later(self) -> None:
        """Drops what was logged after the checkpoint: it will be logged again."""
        lines = self.log.read_text(encoding="utf-8").splitlines(keepends=True)
        kept = [line for line in lines if json.loads(line)["step"] <= self.step]
        self.log.write_text("".join(kept), encoding="utf-8")


def _maps(cells: np.ndarray) -> Tensor:
    return torch.from_numpy(cells).float().permute(0, 3, 1, 2)


def teacher_figures(config: Config) -> dict:
    """The teacher's figures on the held-out fold, at its own input size."""
    graph = load_teacher(reference_root() / config.teacher.file)
    images = validation_set(config, config.teacher.resize, config.teacher.input)
    return evaluate(
        lambda batch: graph.run(batch, ["features"])[0].mean((2, 3)), images, config.teacher.batch
    )


def train(config: Config, store: Store, folder: Path, steps: int | None = None) -> Student:
    """Trains with validation on the held-out fold; the teacher's figures go first into the log."""
    trainer = Trainer(config, store, folder, steps)
    reference = folder / "teacher.json"
    if not reference.exists():
        reference.write_text(json.dumps(teacher_figures(config), indent=1), encoding="utf-8")
    return trainer.run(validation_set(config, config.student.resize, config.student.input))
