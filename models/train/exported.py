"""Weights back from an exported model: a training can go on where there is no checkpoint of it."""

from __future__ import annotations

from pathlib import Path

import onnx
import torch
from onnx import numpy_helper
from torch import Tensor, nn

from student import Student


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
