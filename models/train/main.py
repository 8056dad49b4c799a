"""Makes mobilenetv2-lite: `python3 models/train/main.py STEP --work DIR`; see README.md."""

from __future__ import annotations

import argparse
import json
import os
from pathlib import Path

# Waiting threads must not spin: other programs need the cores. Read on import.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

import torch

import config as settings
import material
from card import write_card
from compare import compare, table
from config import Config
from export import export, trained_student
from exported import read_layers
from history import write_training
from layer import layers
from manifest import MODELS
from material import Material
from narrow import narrowed, whole_pictures
from publish import publish
from train import train

STEPS = ("pack", "train", "export", "narrow", "all", "compare", "publish", "card")


def main() -> None:
    """Runs the step that the command line names; `all` is train and export."""
    options = _options()
    torch.set_num_threads(len(os.sched_getaffinity(0)))
    further = options.start is not None and options.step != "narrow"
    config = settings.load(options.config, torch.cuda.is_available(), further, options.smoke)
    if options.minutes:
        time = {"minutes": options.minutes}
        config = config.changed(train=time, compare=time)
    work: Path = options.work
    if options.step == "pack":
        print(f"{material.write_pack(work, config):,} bytes")
    if options.step in ("train", "export", "narrow", "all", "compare"):
        _with_material(_material(config, options.pack), config, options)
    if options.step == "publish":
        publish(config, work, options.models)
    if options.step == "card":
        write_card(config, work, options.models, options.scores)


def _material(config: Config, pack: Path | None) -> Material:
    return material.from_pack(pack, config) if pack else material.from_reference(config)


def _with_material(found: Material, config: Config, options: argparse.Namespace) -> None:
    work: Path = options.work
    if options.step in ("train", "all"):
        train(config, found, work / "student", options.steps, options.start)
    if options.step in ("export", "all"):
        student = trained_student(config, work / "student" / "checkpoint")
        report = export(layers(student), config, found, work)
        write_training(work, report["parameters"])
        print(json.dumps(report, indent=1))
    if options.step == "narrow":
        images = whole_pictures(found, config)
        fewer = narrowed(read_layers(options.start), config.student.hidden, images)
        print(json.dumps(export(fewer, config, found, work), indent=1))
    if options.step == "compare":
        print(table(compare(config, found, work, options.start)))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("step", choices=STEPS)
    parser.add_argument("--work", type=Path, required=True, help="folder for what is made")
    parser.add_argument("--pack", type=Path, help="what the step `pack` made, in place of the folder")
    parser.add_argument("--start", type=Path, help="an exported model: training begins with it, narrow takes channels of it")
    parser.add_argument("--models", type=Path, default=MODELS, help="where to publish")
    parser.add_argument("--scores", type=Path, help="folder with the scored calibration pairs")
    parser.add_argument("--config", type=Path, default=settings.DEFAULT)
    parser.add_argument("--minutes", type=float, help="of training, instead of the configuration's")
    parser.add_argument("--steps", type=int, help="train so many steps, whatever the time")
    parser.add_argument("--smoke", action="store_true", help="the whole recipe on a few pictures")
    options = parser.parse_args()
    if options.step == "narrow" and options.start is None:
        parser.error("narrow takes channels of the exported model that --start names")
    return options


if __name__ == "__main__":
    main()
