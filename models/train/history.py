"""The trainings that made a model, one after the other: kept beside its reports, for the model card."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from checkpoint import facts
from config import Config

HISTORY = Path("reports/mobilenetv2-lite-training.json")
POINTS = 12
"""Of a learning curve, about."""

Training = dict[str, Any]
"""`device`, `minutes`, `images` (views that were seen), `side` of the views, `parameters`, `began_with` (SHA-256 of the
model whose weights it began with, or None), `curve` (`minutes`, `images`, `distance` to the teacher)."""


def write_training(work: Path, parameters: int) -> None:
    """Writes `training.json`: where the student was trained, how long, and its learning curve.

    With the settings of the training: the machine that exports may have others.
    """
    log = (work / "student" / "log.jsonl").read_text(encoding="utf-8").splitlines()
    state = facts(work / "student" / "checkpoint")
    config = Config(state["config"])
    curve = _thinned([entry for entry in map(json.loads, log) if "loss" in entry])
    training: Training = {
        "device": state["device"],
        "minutes": round(state["elapsed"] / 60, 2),
        "images": state["step"] * config.train.batch,
        "side": config.student.whole_input,
        "parameters": parameters,
        "began_with": state["began_with"],
        "curve": [_point(entry) for entry in curve],
    }
    _write(work / "training.json", training)


def extend_history(work: Path, models: Path) -> None:
    """Adds the training in `work` to those of the published model: behind them if it began with one of their
    models, else in their place. A model that was only narrowed there keeps its history."""
    made = work / "training.json"
    if not made.exists():
        return
    training = json.loads(made.read_text(encoding="utf-8"))
    before = history(models) if training["began_with"] else []
    if training not in before:
        _write(models / HISTORY, [*before, training])


def history(models: Path) -> list[Training]:
    """The trainings of the published model, the first one first."""
    file = models / HISTORY
    return json.loads(file.read_text(encoding="utf-8")) if file.exists() else []


def _write(file: Path, content: Any) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


def _point(entry: dict[str, Any]) -> dict[str, Any]:
    return {
        "minutes": round(entry["minutes"], 1),
        "images": entry["images"],
        "distance": round(entry["pooled_centred"], 3),
    }


def _thinned(entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """About `POINTS` entries, evenly spaced, the last one among them."""
    stride = max(1, len(entries) // POINTS)
    return entries[::-1][::stride][::-1]
