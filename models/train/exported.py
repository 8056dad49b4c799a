"""Weights back from an exported model: to go on where there is no checkpoint of it, or to take channels away."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from torch import Tensor, nn

from layer import Layer
from student import Student


def read_layers(model: Path) -> list[Layer]:
    """The convolutions of an ONNX file that `export` wrote."""
    graph = onnx.load(str(model)).graph
    constants = {item.name: numpy_helper.to_array(item) for item in graph.initializer}
    layers: list[Layer] = []
    made_by: dict[str, int] = {}
    for node in graph.node:
        if node.op_type == "Conv":
            layers.append(_layer(node, constants, len(layers)))
        elif node.op_type == "Relu":
            layers[-1].relu = True
        elif node.op_type == "Add":
            layers[-1].add_from = made_by[node.input[0]]
        made_by[node.output[0]] = len(layers) - 1
    return layers


def _layer(node: onnx.NodeProto, constants: dict[str, np.ndarray], number: int) -> Layer:
    """A convolution; the bits are those that its whole numbers need."""
    form = {item.name: onnx.helper.get_attribute_value(item) for item in node.attribute}
    of_this = {name for name in constants if name[1:] == str(number)}
    tensors = {name: torch.tensor(constants[name]) for name in of_this}
    whole = constants.get(f"q{number}")
    bits = 8 if whole is None else int(np.abs(whole).max()).bit_length() + 1
    return Layer(
        weight=_weight(tensors, number).numpy(),
        bias=constants[f"b{number}"],
        stride=form["strides"][0],
        padding=form["pads"][0],
        groups=form["group"],
        relu=False,
        bits=bits,
        add_from=None,
    )


def restore(student: Student, model: Path, images: Tensor) -> None:
    """Gives the student the weights of an ONNX file that `export` wrote from one of its form.

    images: normalised [n, 3, h, w], from which the batch normalisations learn what they are to undo:
    in the file they are folded into the convolutions, in training they normalise.
    """
    constants = {
        item.name: torch.from_numpy(numpy_helper.to_array(item).copy())
        for item in onnx.load(str(model)).graph.initializer
    }
    convolutions = [m for m in student.modules() if isinstance(m, nn.Conv2d)]
    norms = [m for m in student.modules() if isinstance(m, nn.BatchNorm2d)]
    with torch.no_grad():
        for number, (convolution, norm) in enumerate(zip(convolutions, norms, strict=True)):
            convolution.weight.copy_(_weight(constants, number))
            norm.bias.copy_(constants[f"b{number}"].float())
            _make_identity(norm)
        _unfold(student, norms, images)


def _weight(constants: dict[str, Tensor], number: int) -> Tensor:
    if f"h{number}" in constants:
        return constants[f"h{number}"].float()
    return constants[f"q{number}"].float() * constants[f"s{number}"].float().view(-1, 1, 1, 1)


def _make_identity(norm: nn.BatchNorm2d) -> None:
    norm.running_mean.zero_()
    norm.running_var.fill_(1)
    norm.weight.fill_((1 + norm.eps) ** 0.5)


def _unfold(student: Student, norms: list[nn.BatchNorm2d], images: Tensor) -> None:
    """Makes every normalisation normalise by what it sees, and undo just that."""
    seen: dict[nn.BatchNorm2d, tuple[Tensor, Tensor]] = {}

    def look(norm: nn.BatchNorm2d, inputs: tuple[Tensor, ...]) -> None:
        seen[norm] = inputs[0].mean((0, 2, 3)), inputs[0].var((0, 2, 3), unbiased=False)

    hooks = [norm.register_forward_pre_hook(look) for norm in norms]
    student.eval()(images)
    for hook in hooks:
        hook.remove()
    for norm, (mean, variance) in seen.items():
        norm.running_mean.copy_(mean)
        norm.running_var.copy_(variance)
        norm.weight.copy_((variance + norm.eps).sqrt())
        norm.bias.add_(mean)
