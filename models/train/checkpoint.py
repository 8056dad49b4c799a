"""Checkpoints as NumPy files: any version of PyTorch reads them, on any machine."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import torch

State = dict[str, Any]


def save(folder: Path, parts: dict[str, State], facts: dict[str, Any]) -> None:
    """Writes each part's tensors to `<part>.npz` and `facts` to `state.json`; whole or not at all."""
    fresh, old = folder.with_name(folder.name + ".new"), folder.with_name(folder.name + ".old")
    for leftover in (fresh, old):
        shutil.rmtree(leftover, ignore_errors=True)
    fresh.mkdir(parents=True)
    for name, state in parts.items():
        np.savez(fresh / f"{name}.npz", **{k: v.cpu().numpy() for k, v in state.items()})
    (fresh / "state.json").write_text(json.dumps(facts), encoding="utf-8")
    if folder.exists():
        folder.rename(old)
    fresh.rename(folder)
    shutil.rmtree(old, ignore_errors=True)


def find(folder: Path) -> Path | None:
    """The last whole checkpoint: the one before, if writing was interrupted between two renames."""
    places = (folder, folder.with_name(folder.name + ".old"))
    return next((place for place in places if (place / "state.json").exists()), None)


def load(folder: Path, part: str) -> State:
    """The tensors of one part."""
    with np.load(folder / f"{part}.npz") as stored:
        return {name: torch.from_numpy(stored[name]) for name in stored.files}


def facts(folder: Path) -> dict[str, Any]:
    """What `state.json` says."""
    return json.loads((folder / "state.json").read_text(encoding="utf-8"))


def optimiser_state(optimiser: torch.optim.Optimizer) -> State:
    """An optimiser's tensors under names of their own: `<parameter>.<name>`."""
    return {
        f"{number}.{name}": torch.as_tensor(value)
        for number, values in optimiser.state_dict()["state"].items()
        for name, value in values.items()
    }


def restore_optimiser(optimiser: torch.optim.Optimizer, state: State) -> None:
    """Puts back what `optimiser_state` returned."""
    numbered: dict[int, State] = {}
    for key, value in state.items():
        number, name = key.split(".", 1)
        numbered.setdefault(int(number), {})[name] = value
    whole = optimiser.state_dict()
    optimiser.load_state_dict({**whole, "state": numbered})
