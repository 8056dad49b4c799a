"""Writes the student as a small ONNX graph: batch norm folded, int8 weights, fp32 arithmetic.

Weights of fewer bits lie in int8 as well: compression, which every way of sending them has, takes
away what they don't use.
"""

from __future__ import annotations

import gzip
import hashlib
import json
from functools import partial
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper

from config import Config
from bank import CELL
from checkpoint import load
from crops import CropMaker, Renderer
from layer import Layer
from material import Material
from pooling import compared
from student import CHANNELS, Student, scales, whole_numbers
from teacher import OnnxGraph, normalise
from train import teacher_figures
from validate import evaluate, validation_set

IR_VERSION = 8


def quantised(weight: np.ndarray, bits: int) -> tuple[np.ndarray, np.ndarray]:
    """(int8 values of so many bits, scales), symmetric, one scale an output channel."""
    exact = torch.from_numpy(weight)
    scale = scales(exact, bits)
    values = whole_numbers(exact, scale, bits)
    return values.numpy().astype(np.int8), scale.flatten().numpy()


def graph_of(found: list[Layer], half: set[int]) -> onnx.GraphProto:
    """The ONNX graph for any height and width; weights of the layers in `half` are fp16, others int8."""
    nodes, constants, outputs, at = [], [], [], "input"
    for i, layer in enumerate(found):
        weight = _store_weight(i, layer, i in half, nodes, constants)
        constants.append(numpy_helper.from_array(layer.bias, f"b{i}"))
        nodes.append(_conv(i, layer, at, weight))
        at = f"c{i}"
        if layer.relu:
            nodes.append(helper.make_node("Relu", [at], [f"r{i}"]))
            at = f"r{i}"
        if layer.add_from is not None:
            nodes.append(helper.make_node("Add", [outputs[layer.add_from], at], [f"a{i}"]))
            at = f"a{i}"
        outputs.append(at)
    nodes[-1].output[0] = "features"
    image = _tensor("input", 3, "height", "width")
    features = _tensor("features", CHANNELS, "rows", "columns")
    return helper.make_graph(nodes, "mobilenetv2-lite", [image], [features], constants)


def _tensor(name: str, channels: int, *sides: str) -> onnx.ValueInfoProto:
    return helper.make_tensor_value_info(name, TensorProto.FLOAT, ["batch", channels, *sides])


def _store_weight(i: int, layer: Layer, half: bool, nodes: list, constants: list) -> str:
    if half:
        constants.append(numpy_helper.from_array(layer.weight.astype(np.float16), f"h{i}"))
        nodes.append(helper.make_node("Cast", [f"h{i}"], [f"w{i}"], to=TensorProto.FLOAT))
        return f"w{i}"
    # Scales and biases in fp16 would save 50 kB, but ONNX Runtime Web then holds 80 MB more.
    values, scale = quantised(layer.weight, layer.bits)
    zero = np.zeros(len(scale), np.int8)
    for name, array in ((f"q{i}", values), (f"s{i}", scale), (f"z{i}", zero)):
        constants.append(numpy_helper.from_array(array, name))
    inputs = [f"q{i}", f"s{i}", f"z{i}"]
    nodes.append(helper.make_node("DequantizeLinear", inputs, [f"w{i}"], axis=0))
    return f"w{i}"


def _conv(i: int, layer: Layer, at: str, weight: str) -> onnx.NodeProto:
    kernel = layer.weight.shape[2]
    return helper.make_node(
        "Conv",
        [at, weight, f"b{i}"],
        [f"c{i}"],
        dilations=[1, 1],
        group=layer.groups,
        kernel_shape=[kernel, kernel],
        pads=[layer.padding] * 4,
        strides=[layer.stride] * 2,
    )


def model_of(found: list[Layer], config: Config, half: set[int]) -> onnx.ModelProto:
    """The checked model; nothing in it depends on the time or the machine."""
    graph = graph_of(found, half)
    opset = helper.make_opsetid("", config.export.opset)
    model = helper.make_model(graph, producer_name="likeness", opset_imports=[opset])
    model.ir_version = IR_VERSION
    onnx.checker.check_model(model, full_check=True)
    return model


class Chooser:
    """Decides which layers need fp16 for the embedding to keep its cosine to that by weights of 16 bits."""

    def __init__(self, found: list[Layer], config: Config, images: torch.Tensor) -> None:
        self.found, self.config, self.images = found, config, images
        self.everything = set(range(len(found)))
        self.exact = self._embed(self.everything)
        """Embeddings by weights of 16 bits."""

    def cosine(self, half: set[int]) -> float:
        """The smallest cosine of any picture's embedding to that by weights of 16 bits."""
        return float(torch.cosine_similarity(self._embed(half), self.exact).min())

    def choose(self) -> set[int]:
        """The layers that lose most when they alone are int8 become fp16, as many as it takes."""
        half: set[int] = set()
        if self.cosine(half) >= self.config.export.cosine:
            return half
        for layer in sorted(self.everything, key=lambda i: self.cosine(self.everything - {i})):
            half.add(layer)
            if self.cosine(half) >= self.config.export.cosine:
                break
        return half

    def _embed(self, half: set[int]) -> torch.Tensor:
        model = model_of(self.found, self.config, half)
        return _embed(OnnxGraph(model.graph, torch.device("cpu")), self.images)


def _embed(graph: OnnxGraph, images: torch.Tensor) -> torch.Tensor:
    return compared(graph.run(images, ["features"])[0])


def export(found: list[Layer], config: Config, material: Material, work: Path) -> dict:
    """Writes the ONNX file and `export.json` with its size, hash, fidelity and figures."""
    images = _examples(material, config)
    chooser = Chooser(found, config, images)
    half = chooser.choose()
    content = model_of(found, config, half).SerializeToString()
    sent = len(gzip.compress(content, 9, mtime=0))
    if sent > config.export.max_bytes:
        raise ValueError(f"{sent} bytes would be sent")
    work.mkdir(parents=True, exist_ok=True)
    path = work / config.export.name
    path.write_bytes(content)
    graph = OnnxGraph(onnx.load(str(path)).graph, torch.device("cpu"))
    stored = _embed(graph, images)
    views = validation_set(material.held_out, config, config.student.whole_input)
    report = {
        "file": path.name,
        "bytes": len(content),
        "sent_bytes": sent,
        "sha256": hashlib.sha256(content).hexdigest(),
        "parameters": int(sum(layer.weight.size + layer.bias.size for layer in found)),
        "layers": len(found),
        "fp16_layers": sorted(half),
        "cosine_to_float_student": round(float(torch.cosine_similarity(stored, chooser.exact).min()), 5),
        "pictures": material.pictures.counts(),
        "held_out": evaluate(partial(_embed, graph), views, config.validation.batch),
        "teacher_held_out": teacher_figures(config, material),
    }
    (work / "export.json").write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    return report


def _examples(material: Material, config: Config, count: int = 256) -> torch.Tensor:
    """Views of training pictures, normalised."""
    pictures, shape = material.pictures, config.shapes[0]
    high, wide = (CELL * cells for cells in shape.student)
    itself = np.arange(len(pictures))[:, None]
    maker = CropMaker(pictures, itself, config)
    crops = maker.draw(np.random.default_rng(config.data.seed), count, 0)
    return normalise(Renderer(pictures.pixels)(crops, high, wide))


def trained_student(config: Config, checkpoint: Path) -> Student:
    """The averaged student of a checkpoint, ready to run; its weights are not rounded."""
    student = Student(config.student)
    student.load_state_dict(load(checkpoint, "average"))
    return student.to(memory_format=torch.channels_last).eval()
