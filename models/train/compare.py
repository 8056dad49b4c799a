"""Trains variants of the recipe for the same time and lays them side by side."""

from __future__ import annotations

import gzip
import json
import shutil
import time
from pathlib import Path
from typing import Any

import torch

from config import Config
from export import model_of
from layer import layers
from material import Material
from train import Clock, Trainer
from validate import validation_set


def compare(config: Config, material: Material, work: Path, start: Path | None = None) -> list[dict]:
    """One row a variant, also written to `compare.json` and, as a Markdown table, `compare.md`.

    start: an exported model whose weights every variant begins with. Minutes are the processors' (the GPU's,
    where there is one).
    """
    config = config.changed(train={"minutes": config.compare.minutes})
    rows = []
    for variant in config.compare.variants:
        rows.append(_trial(config, variant, material, work / "compare", start))
        (work / "compare.json").write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")
        (work / "compare.md").write_text(table(rows), encoding="utf-8")
    return rows


def table(rows: list[dict]) -> str:
    """The rows in Markdown."""
    lines = [
        "| variant | minutes | images seen | AUC unseen classes | edited, median | similar | different | bytes sent |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for row in rows:
        lines.append(
            f"| {row['name']} | {row['minutes']:g} | {row['images']:,} | {row['auc']:.4f} | {row['edited_median']:.3f} "
            f"| {row['similar_median']:.3f} | {row['different_median']:.3f} | {row['bytes']:,} |"
        )
    return "\n".join(lines) + "\n"


def _trial(
    config: Config,
    variant: dict[str, Any],
    material: Material,
    folder: Path,
    start: Path | None,
) -> dict[str, Any]:
    name, settings = variant["name"], {key: value for key, value in variant.items() if key != "name"}
    config = config.changed(**settings)
    place = folder / name.replace(" ", "-")
    shutil.rmtree(place, ignore_errors=True)
    trainer = Trainer(config, material, place, clock=_clock())
    if start:
        trainer.begin_with(start)
    student = trainer.run()
    figures = trainer.judge(validation_set(material.held_out, config, config.student.whole_input))
    exported = model_of(layers(student.cpu()), config, set()).SerializeToString()
    return {
        "name": name,
        "minutes": config.train.minutes,
        "images": trainer.step * config.train.batch,
        "bytes": len(gzip.compress(exported, 9, mtime=0)),
        **figures,
    }


def _clock() -> Clock:
    """On a GPU the time of day; else the processors' time, which other programs don't take from."""
    return time.monotonic if torch.cuda.is_available() else time.process_time
