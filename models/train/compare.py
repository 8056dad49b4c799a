"""Trains the candidate widths and input sizes for the same time and lays them side by side."""

from __future__ import annotations

import json
import shutil
import time
from pathlib import Path

import torch

from config import Config
from data import Store, prepare
from export import layers, model_of
from student import Student
from teacher import normalise
from train import Clock, Trainer
from validate import validation_set

TIMED_RUNS = 30


def compare(config: Config, work: Path) -> list[dict]:
    """One row a variant, also written to `compare.json` and, as a Markdown table, `compare.md`.

    All variants learn from the same crops, which are at least as large as the largest input, so
    that none is fed enlarged pictures. Minutes are the processors' (the GPU's, where there is one).
    """
    config = config.changed(train={"minutes": config.compare.minutes})
    largest = max(size for _width, size in config.compare.variants)
    if largest > config.data.crop_pixels:
        raise SystemExit(f"data.crop_pixels must be at least {largest}")
    prepare(work / "crops", config)
    store, folder = Store(work / "crops", config), work / "compare"
    rows = [_variant(config, store, folder, width, size) for width, size in config.compare.variants]
    (work / "compare.json").write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")
    (work / "compare.md").write_text(table(rows), encoding="utf-8")
    return rows


def table(rows: list[dict]) -> str:
    """The rows in Markdown."""
    lines = [
        "| variant | minutes | images seen | AUC unseen classes | edited, median "
        "| different, median | ms (PyTorch, 1 thread) | bytes |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for row in rows:
        lines.append(
            f"| {row['width']}@{row['input']} | {row['minutes']:g} | {row['images']:,} "
            f"| {row['auc']:.3f} | {row['edited_median']:.3f} | {row['different_median']:.3f} "
            f"| {row['milliseconds']:.1f} | {row['bytes']:,} |"
        )
    return "\n".join(lines) + "\n"


def _variant(config: Config, store: Store, folder: Path, width: float, size: int) -> dict:
    # The full model's proportion of the resized short side to the crop.
    resize = round(size * config.teacher.resize / config.teacher.input)
    config = config.changed(student={"width": width, "input": size, "resize": resize})
    place = folder / f"{width}-{size}"
    shutil.rmtree(place, ignore_errors=True)
    trainer = Trainer(config, store, place, clock=_clock())
    student = trainer.run()
    figures = trainer.judge(validation_set(config, resize, size))
    exported = model_of(layers(student), config, set()).SerializeToString()
    return {
        "width": width,
        "input": size,
        "minutes": config.train.minutes,
        "images": trainer.step * config.train.batch,
        "milliseconds": round(_milliseconds(student, size), 2),
        "bytes": len(exported),
        **figures,
    }


def _clock() -> Clock:
    """On a GPU the time of day; else the processors' time, which other programs don't take from."""
    return time.monotonic if torch.cuda.is_available() else time.process_time


def _milliseconds(student: Student, size: int) -> float:
    """Median processor time of one forward pass on one CPU thread."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    student = student.cpu().eval()
    image = normalise(torch.zeros(1, 3, size, size)).contiguous(memory_format=torch.channels_last)
    times = []
    with torch.no_grad():
        for _ in range(TIMED_RUNS):
            begin = time.process_time()
            student(image)
            times.append(time.process_time() - begin)
    torch.set_num_threads(threads)
    return sorted(times)[TIMED_RUNS // 2] * 1000
