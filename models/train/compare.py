"""Trains the candidate widths and bits for the same time and lays them side by side."""

from __future__ import annotations

import gzip
import json
import shutil
import time
from pathlib import Path

import torch

from config import Config
from export import model_of
from layer import layers
from material import Material
from student import Student
from teacher import normalise
from train import Clock, Trainer
from validate import validation_set

TIMED_RUNS = 30


def compare(config: Config, material: Material, work: Path) -> list[dict]:
    """One row a variant, also written to `compare.json` and, as a Markdown table, `compare.md`.

    Minutes are the processors' (the GPU's, where there is one).
    """
    config = config.changed(train={"minutes": config.compare.minutes})
    folder = work / "compare"
    rows = [_variant(config, material, folder, *variant) for variant in config.compare.variants]
    (work / "compare.json").write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")
    (work / "compare.md").write_text(table(rows), encoding="utf-8")
    return rows


def table(rows: list[dict]) -> str:
    """The rows in Markdown."""
    lines = [
        "| variant | minutes | images seen | AUC unseen classes | edited, median "
        "| different, median | ms (PyTorch, 1 thread) | bytes sent |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for row in rows:
        lines.append(
            f"| {row['width']}, {row['early']} and {row['late']} bits | {row['minutes']:g} | {row['images']:,} "
            f"| {row['auc']:.3f} | {row['edited_median']:.3f} | {row['different_median']:.3f} "
            f"| {row['milliseconds']:.1f} | {row['bytes']:,} |"
        )
    return "\n".join(lines) + "\n"


def _variant(
    config: Config, material: Material, folder: Path, width: float, early: int, late: int
) -> dict:
    share = width / config.student.width
    hidden = [8 * max(1, round(channels * share / 8)) for channels in config.student.hidden]
    form = {"width": width, "hidden": hidden, "early_bits": early, "late_bits": late}
    config = config.changed(student=form)
    place = folder / f"{width}-{early}-{late}"
    shutil.rmtree(place, ignore_errors=True)
    trainer = Trainer(config, material, place, clock=_clock())
    student = trainer.run()
    figures = trainer.judge(validation_set(material.held_out, config, config.student.whole_input))
    exported = model_of(layers(student.cpu()), config, set()).SerializeToString()
    return {
        "width": width,
        "early": early,
        "late": late,
        "minutes": config.train.minutes,
        "images": trainer.step * config.train.batch,
        "milliseconds": round(_milliseconds(student, config.student.input), 2),
        "bytes": len(gzip.compress(exported, 9, mtime=0)),
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
