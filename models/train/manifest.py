"""models/manifest.json, as the recipe reads it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

MODELS = Path(__file__).parents[1]
MODEL = "mobilenetv2-lite"
FULL_MODEL = "mobilenetv2"
"""The teacher."""


def entry_of(model: str, models: Path = MODELS) -> dict[str, Any]:
    """The entry of a model in the manifest in the folder `models`."""
    manifest = json.loads((models / "manifest.json").read_text(encoding="utf-8"))
    return next(entry for entry in manifest["models"] if entry["id"] == model)
