"""A network as its convolutions, the batch normalisations folded into them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import nn
from torchvision.models.mobilenetv2 import InvertedResidual

from student import RoundedConv2d, Student


@dataclass
class Layer:
    """A convolution with its batch norm folded in."""

    weight: np.ndarray
    bias: np.ndarray
    stride: int
    padding: int
    groups: int
    relu: bool
    bits: int
    add_from: int | None  # layer whose output is added to this one's, by its number


def folded(conv: nn.Conv2d, norm: nn.BatchNorm2d) -> tuple[np.ndarray, np.ndarray]:
    """Weight and bias of the one convolution that both are (Jacob et al. 2018, section 3.2)."""
    scale = _array(norm.weight) / np.sqrt(_array(norm.running_var) + norm.eps)
    weight = _array(conv.weight) * scale[:, None, None, None]
    bias = _array(norm.bias) - _array(norm.running_mean) * scale
    return weight.astype(np.float32), bias.astype(np.float32)


def _array(tensor: torch.Tensor) -> np.ndarray:
    return tensor.detach().cpu().double().numpy()


def layers(student: Student) -> list[Layer]:
    """All convolutions, in the order they run."""
    found: list[Layer] = []
    for block in [*student.early, *student.late]:
        entry = len(found) - 1
        kinds = (RoundedConv2d, nn.BatchNorm2d, nn.ReLU)
        modules = [module for module in block.modules() if isinstance(module, kinds)]
        for i, conv in enumerate(modules):
            if not isinstance(conv, RoundedConv2d):
                continue
            relu = i + 2 < len(modules) and isinstance(modules[i + 2], nn.ReLU)
            weight, bias = folded(conv, modules[i + 1])
            form = (conv.stride[0], conv.padding[0], conv.groups)
            found.append(Layer(weight, bias, *form, relu, conv.bits, None))
        if isinstance(block, InvertedResidual) and block.use_res_connect:
            found[-1].add_from = entry
    return found
