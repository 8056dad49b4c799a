"""The training loop: interrupted at any time, it goes on from its last checkpoint."""

from __future__ import annotations

import hashlib
import json
import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

import checkpoint
import exported
from bank import CELL, Bank, Teacher
from config import Config
from crops import CropMaker, Renderer
from losses import Adaptor, Targets, distances, total
from manifest import FULL_MODEL, entry_of
from material import Material
from student import HINT_CHANNELS, Student, embed
from survey import survey
from teacher import best_device, fast_dtype, load_teacher, normalise
from validate import ValidationSet, evaluate, validation_set
from views import edited, motions

Clock = Callable[[], float]
"""Seconds since some moment."""


@dataclass
class Batch:
    """What one step trains on."""

    images: Tensor
    aligned: Tensor
    targets: Targets


class Schedule:
    """How far the training is, 0 to 1: by steps where their number is given, else by a clock.

    The learning rate stays up until the last share and only then falls (Hu et al. 2024, "MiniCPM",
    section 4): a training whose time is extended before that has lost nothing.
    """

    def __init__(self, config: Config, steps: int | None, elapsed: float, clock: Clock) -> None:
        self.train, self.steps, self.clock = config.train, steps, clock
        self.start = clock() - elapsed

    def restart(self) -> None:
        """Nothing has been trained until now."""
        self.start = self.clock()

    def elapsed(self) -> float:
        """Seconds of training, those before an interruption included."""
        return self.clock() - self.start

    def progress(self, step: int) -> float:
        """The elapsed share, at most 1."""
        if self.steps:
            return min(1.0, step / self.steps)
        return min(1.0, self.elapsed() / (60 * self.train.minutes))

    def learning_rate(self, step: int) -> float:
        """Linear warm-up, a plain, then half a cosine down to 0."""
        warmth = min(1.0, (step + 1) / self.train.warmup_steps)
        left = min(1.0, (1 - self.progress(step)) / self.train.cooldown)
        return self.train.learning_rate * warmth * (1 - math.cos(math.pi * left)) / 2

    def size(self, step: int) -> float:
        """The part of the input's side at this point."""
        progress = self.progress(step)
        return [part for begin, part in self.train.sizes if progress >= begin][-1]

    def rounding(self, step: int) -> bool:
        """Whether weights are rounded."""
        return self.progress(step) >= self.train.rounding_from

    def seconds_left(self, step: int) -> float:
        """Until the end, at the speed so far."""
        done = self.progress(step)
        return self.elapsed() * (1 - done) / done if done else math.inf


class Trainer:
    """One student, its optimiser and its average, with their checkpoints and log in `folder`.

    What the teacher says of whole pictures lies beside the folder, for other trainings on them.
    """

    def __init__(
        self,
        config: Config,
        material: Material,
        folder: Path,
        steps: int | None = None,
        clock: Clock = time.monotonic,
    ) -> None:
        self.config, self.folder = config, folder
        folder.mkdir(parents=True, exist_ok=True)
        torch.manual_seed(config.train.seed)
        self.device = best_device()
        self.dtype = fast_dtype(self.device)
        self.model = self._place(Student(config.student))
        self.model.early.requires_grad_(not config.train.late_only)
        self.adaptor = self._place(Adaptor(self.model.hint_channels, HINT_CHANNELS))
        self.average = self._place(Student(config.student)).eval()
        self.average.load_state_dict(self.model.state_dict())
        self.optimiser = torch.optim.AdamW(self._groups(), foreach=True)
        self.renderer = Renderer(material.pictures.pixels.to(self.device))
        teacher = Teacher(load_teacher(material.teacher), config)
        known = survey(material.pictures, self.renderer, teacher, config, folder.parent / "survey.npz")
        self.centres = known.centres
        maker = CropMaker(material.pictures, known.neighbours, config)
        self.banks = [
            Bank(number, maker, self.renderer, teacher, config)
            for number in range(len(config.shapes))
        ]
        self.visits = [0] * len(self.banks)
        self.log = folder / "log.jsonl"
        self.log.touch()
        self.began_with: str | None = None
        """SHA-256 of the model whose weights the training began with."""
        self.step, elapsed = 0, 0.0
        if found := checkpoint.find(self.checkpoint):
            elapsed = self._resume(found)
        self.schedule = Schedule(config, steps, elapsed, clock)

    @property
    def checkpoint(self) -> Path:
        """The folder to go on from."""
        return self.folder / "checkpoint"

    def begin_with(self, model: Path) -> None:
        """Takes the weights of an exported model in place of random ones."""
        shape = self.config.shapes[0]
        high, wide = (CELL * cells for cells in shape.student)
        crops = self.banks[0].maker.draw(np.random.default_rng(self.config.data.seed), 256, 0)
        images = normalise(self.renderer(crops.to(self.device), high, wide))
        exported.restore(self.model, model, self._images(images))
        self.average.load_state_dict(self.model.state_dict())
        self.began_with = hashlib.sha256(model.read_bytes()).hexdigest()
        self.schedule.restart()

    def run(self, validation: ValidationSet | None = None) -> Student:
        """Trains to the end and returns the averaged student."""
        sums: dict[str, Tensor] = {}
        saved = judged = self.schedule.elapsed()
        while self.schedule.progress(self.step) < 1:
            batch = self._batch()
            for name, value in self._update(batch).items():
                sums[name] = sums[name] + value if name in sums else value
            self.step += 1
            if self.step % self.config.train.log_every == 0:
                self._report({name: float(value) for name, value in sums.items()})
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
        """Logs the averaged student's figures on the held-out fold, as it will be stored."""
        self.average.set_rounding(True)
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

    def _shape(self, step: int) -> int:
        """The shape of a step's views: a pure function of the seed and the step."""
        rng = np.random.default_rng([self.config.train.seed, step])
        shares = np.array([shape.share for shape in self.config.shapes])
        return int(rng.choice(len(shares), p=shares / shares.sum()))

    def _batch(self) -> Batch:
        shape = self._shape(self.step)
        bank = self.banks[shape]
        bank.visit(self.visits[shape])
        self.visits[shape] += 1
        rng = np.random.default_rng([self.config.train.seed, self.step, 1])
        crops, targets = bank.draw(rng)
        edits, part = self.config.edits, self.schedule.size(self.step)
        motion, aligned = motions(len(crops.share), rng, edits, self.device)
        high, wide = (round(CELL * part * side) for side in bank.cells)
        padding = "border" if rng.random() < 0.5 else "zeros"
        images = self.renderer(crops, high, wide, motion, padding)
        return Batch(normalise(edited(images, rng, edits)), aligned, targets)

    def _update(self, batch: Batch) -> dict[str, Tensor]:
        for group in self.optimiser.param_groups:
            group["lr"] = self.schedule.learning_rate(self.step)
        self.model.train()
        self.model.early.train(not self.config.train.late_only)
        self.model.set_rounding(self.schedule.rounding(self.step))
        reduced = self.dtype != torch.float32
        with torch.autocast(self.device.type, self.dtype, enabled=reduced):
            hint, features = self.model(self._images(batch.images))
            hint = self.adaptor(hint)
        parts = distances(
            hint.float(), features.float(), batch.aligned, batch.targets, self.centres
        )
        loss = total(parts, self.config.loss)
        self.optimiser.zero_grad(set_to_none=True)
        loss.backward()
        self.optimiser.step()
        if self.step % self.config.train.average_every == 0:
            self._blend()
        return {name: value.detach() for name, value in {"loss": loss, **parts}.items()}

    def _blend(self) -> None:
        """Moves the average towards the model; faster at first, when there is little to average."""
        decay = min(self.config.train.average_decay, (1 + self.step) / (10 + self.step))
        share = 1 - decay**self.config.train.average_every
        mine, theirs = self.average.state_dict(), self.model.state_dict()
        names = [name for name, value in mine.items() if value.is_floating_point()]
        kept = [mine[name] for name in names]
        torch._foreach_mul_(kept, 1 - share)
        torch._foreach_add_(kept, [theirs[name] for name in names], alpha=share)

    def _report(self, sums: dict[str, float]) -> None:
        count = self.config.train.log_every
        means = {name: round(value / count, 5) for name, value in sums.items()}
        rate = round(self.schedule.learning_rate(self.step), 7)
        self._log({"size": self.schedule.size(self.step), "lr": rate, **means})
        elapsed = self.schedule.elapsed()
        left = self.schedule.seconds_left(self.step) / 60
        speed = self.step * self.config.train.batch / elapsed
        print(f"step {self.step}, {speed:.0f} views/s, {left:.1f} min left, {means}", flush=True)

    def _log(self, entry: dict) -> None:
        place = {
            "step": self.step,
            "minutes": round(self.schedule.elapsed() / 60, 3),
            "images": self.step * self.config.train.batch,
        }
        with self.log.open("a", encoding="utf-8") as log:
            log.write(json.dumps({**place, **entry}) + "\n")

    def _save(self) -> None:
        parts = {
            "model": self.model.state_dict(),
            "adaptor": self.adaptor.state_dict(),
            "average": self.average.state_dict(),
            "optimiser": checkpoint.optimiser_state(self.optimiser),
        }
        facts = {
            "step": self.step,
            "elapsed": self.schedule.elapsed(),
            "device": device_name(self.device),
            "began_with": self.began_with,
            "config": self.config.values,
        }
        checkpoint.save(self.checkpoint, parts, facts)

    def _resume(self, found: Path) -> float:
        for name in ("model", "adaptor", "average"):
            getattr(self, name).load_state_dict(checkpoint.load(found, name))
        checkpoint.restore_optimiser(self.optimiser, checkpoint.load(found, "optimiser"))
        facts = checkpoint.facts(found)
        self.step, self.began_with = facts["step"], facts["began_with"]
        for step in range(self.step):
            self.visits[self._shape(step)] += 1
        self._forget_later()
        return facts["elapsed"]

    def _forget_later(self) -> None:
        """Drops what was logged after the checkpoint: it will be logged again."""
        lines = self.log.read_text(encoding="utf-8").splitlines(keepends=True)
        kept = [line for line in lines if json.loads(line)["step"] <= self.step]
        self.log.write_text("".join(kept), encoding="utf-8")


def device_name(device: torch.device) -> str:
    """What trains, in words."""
    if device.type == "cuda":
        return f"one {torch.cuda.get_device_name()}"
    return f"{torch.get_num_threads()} CPU cores"


def teacher_figures(config: Config, material: Material) -> dict:
    """The teacher's figures on the held-out fold, as the full model is used: centred on its mean embedding."""
    graph = load_teacher(material.teacher)
    mean = torch.tensor(entry_of(FULL_MODEL)["meanEmbedding"], device=graph.device)
    return evaluate(
        lambda batch: F.normalize(graph.run(batch, ["features"])[0].mean((2, 3))) - mean,
        validation_set(material.held_out, config, config.teacher.input),
        config.teacher.batch,
    )


def train(
    config: Config,
    material: Material,
    folder: Path,
    steps: int | None = None,
    start: Path | None = None,
) -> Student:
    """Trains with validation on the held-out fold.

    start: an exported model whose weights a new training begins with.
    """
    trainer = Trainer(config, material, folder, steps)
    if start and trainer.step == 0:
        trainer.begin_with(start)
    return trainer.run(validation_set(material.held_out, config, config.student.whole_input))
