"""The learning curve, for the model card: the log as one small JSON file."""

from __future__ import annotations

import json
from pathlib import Path


def write_curve(work: Path) -> dict:
    """Writes `curve.json`: held-out figures and losses by minutes and by images seen."""
    log = (work / "student" / "log.jsonl").read_text(encoding="utf-8").splitlines()
    entries = [json.loads(line) for line in log]
    curve = {
        "held_out": [_flat(entry) for entry in entries if "validation" in entry],
        "losses": _thinned([entry for entry in entries if "loss" in entry]),
    }
    (work / "curve.json").write_text(json.dumps(curve, indent=1) + "\n", encoding="utf-8")
    return curve


def _flat(entry: dict) -> dict:
    figures = {name: value for name, value in entry["validation"].items() if name != "edits"}
    return {**{name: entry[name] for name in ("step", "minutes", "images")}, **figures}


def _thinned(entries: list[dict], most: int = 100) -> list[dict]:
    """About `most` entries, evenly spaced, the last one among them."""
    stride = max(1, len(entries) // most)
    return entries[::-1][::stride][::-1]
