"""Puts the exported model into the repository: the file, its entry in the manifest, and how it was trained."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path
from typing import Any

from config import Config
from history import extend_history
from manifest import MODEL
from pooling import MEAN_EMBEDDING
from student import CHANNELS
from teacher import MEAN, STD

UNFITTED = {
    "fitted": False,
    "cosine": [-1, 1],
    "score": [0, 100],
    "probability": [0, 1],
    "similar": 85,
}
"""What an entry has until `npm run calibrate` has fitted its calibration: a mere straight line."""


def entry(config: Config, content: bytes) -> dict[str, Any]:
    """The manifest entry of a model file, not calibrated yet.

    The weights version is the beginning of the hash: embeddings of other weights never compare.
    """
    form, digest = config.student, hashlib.sha256(content).hexdigest()
    return {
        "id": MODEL,
        "title": f"MobileNetV2 lite {form.width}, {form.whole_input} pixels",
        "goodFor": config.export.good_for,
        "fullModel": "mobilenetv2",
        "weightsVersion": digest[:8],
        "licence": "Apache-2.0",
        "sources": [],
        "accepted": [
            {
                "sha256": digest,
                "bytes": len(content),
                "note": "part of this repository, made by models/train; see models/MODEL_CARD.md",
            }
        ],
        "input": {"name": "input", "size": form.input, "wholeSize": form.whole_input},
        "view": "whole",
        "pooling": "energy",
        "resize": round(form.input * config.teacher.resize / config.teacher.input),
        "mean": list(MEAN),
        "std": list(STD),
        "output": {"name": "features", "channels": CHANNELS, "cells": (form.input // 32) ** 2},
        "dimension": CHANNELS,
        "meanEmbedding": MEAN_EMBEDDING,
        "calibration": UNFITTED,
    }


def publish(config: Config, work: Path, models: Path) -> None:
    """Copies the exported file into `models`, puts its entry first into the manifest there, and extends the history."""
    exported = work / config.export.name
    shutil.copyfile(exported, models / config.export.name)
    path = models / "manifest.json"
    manifest = json.loads(path.read_text(encoding="utf-8"))
    others = [model for model in manifest["models"] if model["id"] != MODEL]
    manifest["models"] = [entry(config, exported.read_bytes()), *others]
    path.write_text(json.dumps(manifest, indent=2) + "\n", encoding="utf-8")
    extend_history(work, models)
