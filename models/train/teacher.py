"""Runs the teacher, an ONNX graph of Conv, Clip and Add, in PyTorch."""

from __future__ import annotations

from pathlib import Path

import onnx
import torch
import torch.nn.functional as F
from onnx import numpy_helper
from torch import Tensor

MEAN = (0.485, 0.456, 0.406)
STD = (0.229, 0.224, 0.225)


def normalise(pixels: Tensor) -> Tensor:
    """[n, 3, h, w] in 0..255 to the networks' input: ImageNet's mean and standard deviation."""
    mean = torch.tensor(MEAN, device=pixels.device).view(1, 3, 1, 1)
    std = torch.tensor(STD, device=pixels.device).view(1, 3, 1, 1)
    return (pixels.float() / 255 - mean) / std


class OnnxGraph:
    """A tiny executor for the operators that these feature extractors use."""

    def __init__(
        self, graph: onnx.GraphProto, device: torch.device, dtype: torch.dtype = torch.float32
    ) -> None:
        self.nodes = list(graph.node)
        self.input = graph.input[0].name
        self.device, self.dtype = device, dtype
        self.constants = {
            item.name: self._place(torch.from_numpy(numpy_helper.to_array(item).copy()))
            for item in graph.initializer
        }
        self.last_used = self._last_used()

    def run(self, batch: Tensor, outputs: list[str]) -> list[Tensor]:
        """The named tensors for a normalised [n, 3, s, s] batch, as float32."""
        values = {**self.constants, self.input: self._place(batch)}
        with torch.no_grad():
            for at, node in enumerate(self.nodes):
                values[node.output[0]] = _apply(node, [values[name] for name in node.input])
                # Memory that is used again at once is five times as fast as memory that is new.
                for name in self.last_used[at] - set(outputs):
                    del values[name]
        return [values[name].float() for name in outputs]

    def _last_used(self) -> list[set[str]]:
        """For every node, the tensors that no later node reads."""
        made = {node.output[0] for node in self.nodes}
        last: list[set[str]] = []
        for node in reversed(self.nodes):
            last.append(made & set(node.input))
            made -= last[-1]
        return last[::-1]

    def _place(self, tensor: Tensor) -> Tensor:
        if tensor.is_floating_point():
            tensor = tensor.to(self.device, self.dtype)
        # Convolutions on x86 are three times as fast with the channels last.
        return tensor.to(memory_format=torch.channels_last) if tensor.dim() == 4 else tensor


def _apply(node: onnx.NodeProto, inputs: list[Tensor]) -> Tensor:
    attributes = {a.name: onnx.helper.get_attribute_value(a) for a in node.attribute}
    match node.op_type:
        case "Conv":
            return _convolve(inputs, attributes)
        case "Clip":
            return inputs[0].clamp_(float(inputs[1]), float(inputs[2]))
        case "Relu":
            return inputs[0].relu_()
        case "Add":
            return inputs[0] + inputs[1]
        case "Cast":
            return inputs[0].float()
        case "DequantizeLinear":
            return _dequantise(inputs, attributes.get("axis", 1))
    raise ValueError(f"no such operator here: {node.op_type}")


def _convolve(inputs: list[Tensor], attributes: dict) -> Tensor:
    top, left, bottom, right = attributes["pads"]
    if (top, left) != (bottom, right):
        raise ValueError("uneven padding")
    weight = inputs[1].contiguous(memory_format=torch.channels_last)
    bias = inputs[2] if len(inputs) > 2 else None
    stride, group = attributes["strides"], attributes["group"]
    return F.conv2d(inputs[0], weight, bias, stride, (top, left), groups=group)


def _dequantise(inputs: list[Tensor], axis: int) -> Tensor:
    values, scale = inputs[0], inputs[1]
    shape = [1] * values.dim()
    shape[axis] = -1
    return values.float() * scale.float().view(shape)


def fast_dtype(device: torch.device) -> torch.dtype:
    """bfloat16 where the processor multiplies it natively (2.2x as fast here), else float32."""
    if device.type == "cuda":
        return torch.bfloat16 if torch.cuda.is_bf16_supported() else torch.float32
    flags = Path("/proc/cpuinfo")
    native = flags.exists() and "avx512_bf16" in flags.read_text(encoding="utf-8")
    return torch.bfloat16 if native else torch.float32


def load_teacher(path: Path) -> OnnxGraph:
    """The teacher on the best device, at the fastest precision it has."""
    device = best_device()
    # No gradients here, and no value beyond fp16's range: its three more bits come for nothing.
    dtype = torch.float16 if device.type == "cuda" else fast_dtype(device)
    return OnnxGraph(onnx.load(str(path)).graph, device, dtype)


def best_device() -> torch.device:
    """A GPU if there is one, else the CPU."""
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")
