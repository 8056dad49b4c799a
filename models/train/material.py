"""What the training reads: pictures, the teacher, and the held-out fold; from their folder or a pack."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, numpy_helper

import pictures
from config import Config
from pictures import Pictures
from validate import Held, held_out, read_held_out, write_held_out

PICTURES, TEACHER, HELD_OUT = "pictures.npz", "teacher.onnx", "held-out.npz"


def reference_root() -> Path:
    """The folder with the teacher and the pictures, from the environment."""
    root = os.environ.get("LIKENESS_REFERENCE_DIR")
    if not root:
        raise SystemExit("LIKENESS_REFERENCE_DIR: the folder with models/, images/, reference/")
    return Path(root)


@dataclass
class Material:
    """Everything that comes from outside."""

    pictures: Pictures
    teacher: Path  # an ONNX file
    held_out: Held


def from_reference(config: Config) -> Material:
    """What LIKENESS_REFERENCE_DIR holds."""
    root = reference_root()
    photographs = pictures.from_reference(root, config)
    return Material(photographs, root / config.teacher.file, held_out(root, config))


def from_pack(folder: Path, config: Config) -> Material:
    """What `write_pack` wrote."""
    photographs = pictures.read_pack(folder / PICTURES, config)
    return Material(photographs, folder / TEACHER, read_held_out(folder / HELD_OUT))


def write_pack(folder: Path, config: Config) -> int:
    """Everything in small files, for a machine that has none of it. Returns their bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    root, pack = reference_root(), config.pack
    small = config.changed(
        data={"store_pixels": pack.pixels, "drawings": 0},
        validation={"per_class": pack.validation_per_class},
    )
    photographs = pictures.from_reference(root, small)
    pictures.write_pack(photographs, folder / PICTURES, pack.quality)
    write_held_out(held_out(root, small), folder / HELD_OUT, pack)
    onnx.save(_halved(onnx.load(str(root / config.teacher.file))), str(folder / TEACHER))
    return sum((folder / name).stat().st_size for name in (PICTURES, TEACHER, HELD_OUT))


def _halved(model: onnx.ModelProto) -> onnx.ModelProto:
    """The weights in fp16: `OnnxGraph` runs them at the precision that it is asked for."""
    for constant in model.graph.initializer:
        if constant.data_type == TensorProto.FLOAT:
            half = numpy_helper.to_array(constant).astype(np.float16)
            constant.CopyFrom(numpy_helper.from_array(half, constant.name))
    return model
