"""Takes channels away from a trained model where they hardly matter: fewer bytes and less time, without training.

Between a block's expansion and its projection there are channels that the others can stand in for. The
projection is linear, so what a channel's loss costs is known beforehand, and least squares make up for most of
it (He et al. 2017, "Channel Pruning for Accelerating Very Deep Neural Networks"). Which one goes next is decided as
in Hassibi and Stork 1993, "Second order derivatives for network pruning: Optimal Brain Surgeon".
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from bank import CELL
from config import Config
from layer import Layer
from material import Material
from student import scales, whole_numbers
from teacher import normalise

POSITIONS = 64
"""Places of a feature map that are looked at, for each picture."""
RIDGE = 1e-4
"""Added to every channel's variance, as a share of the mean one: channels that are nearly equal stay apart."""
BATCH = 64


def narrowed(found: list[Layer], hidden: list[int], images: Tensor) -> list[Layer]:
    """The layers with so many channels between each block's expansion and its projection.

    hidden: for every block, multiples of 8; a block that has no more stays as it is. images: normalised
    [n, 3, h, w]. From these each block learns to give what it gave, from what the blocks before it give now.
    """
    narrow = list(found)
    whole = now = list(images.split(BATCH))
    for block, count in zip(_blocks(found), hidden, strict=True):
        wanted = [_run(found[block], part) for part in whole]
        if count < len(found[block][1].weight):
            narrow[block] = _refitted(narrow[block], count, now, wanted)
        whole, now = wanted, [_run(narrow[block], part) for part in now]
    return narrow


def whole_pictures(material: Material, config: Config) -> Tensor:
    """Some of the training's pictures, normalised, as the first shape has them."""
    pixels = material.pictures.pixels
    count = min(config.narrow.pictures, len(pixels))
    rows = np.random.default_rng(config.data.seed).choice(len(pixels), count, replace=False)
    size = [CELL * cells for cells in config.shapes[0].student]
    return normalise(F.interpolate(pixels[rows].float(), size, mode="bilinear", antialias=True))


def _blocks(found: list[Layer]) -> list[slice]:
    """Of expansion (in the first block the convolution before it), depthwise convolution and projection."""
    return [slice(at - 1, at + 2) for at, layer in enumerate(found) if layer.groups > 1]


def _refitted(
    block: list[Layer], count: int, inputs: list[Tensor], wanted: list[Tensor]
) -> list[Layer]:
    """The block with `count` channels, as near as they come to the `wanted` outputs."""
    expansion, depthwise, projection = block
    places = np.random.default_rng(count).permutation(wanted[0][0, 0].numel())[:POSITIONS]
    channels, outputs = [], []
    for part, output in zip(inputs, wanted, strict=True):
        channels.append(_rows(_hidden(block, part), places))
        outputs.append(_rows(output - part if _adds(block) else output, places))
    kept, weight, bias = _fit(torch.cat(channels), torch.cat(outputs), count, projection.bits)
    return [
        replace(expansion, weight=expansion.weight[kept], bias=expansion.bias[kept]),
        replace(
            depthwise, weight=depthwise.weight[kept], bias=depthwise.bias[kept], groups=count
        ),
        replace(projection, weight=weight[:, :, None, None], bias=bias),
    ]


def _fit(
    channels: Tensor, outputs: Tensor, count: int, bits: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(the channels to keep, weight, bias) of the linear map from channels [n, c] to outputs [n, d].

    One after the other goes the channel without which the error grows least; what the others then have to
    be follows from the inverse of their covariance. The weights are rounded to `bits`, the bias makes up for what
    that changes on average.
    """
    mean, mean_output = channels.mean(0), outputs.mean(0)
    centred = channels - mean
    covariance = centred.T @ centred / len(centred)
    covariance += torch.eye(len(covariance)) * covariance.diag().mean() * RIDGE
    inverse = torch.linalg.inv(covariance)
    weight = inverse @ (centred.T @ (outputs - mean_output) / len(centred))
    kept = torch.arange(len(covariance))
    while len(kept) > count:
        least = int((weight.square().sum(1) / inverse.diag()).argmin())
        column, pivot = inverse[:, least], inverse[least, least]
        weight = weight - torch.outer(column, weight[least]) / pivot
        inverse = inverse - torch.outer(column, column) / pivot
        others = torch.arange(len(kept)) != least
        kept, weight, inverse = kept[others], weight[others], inverse[others][:, others]
    weight = _rounded(weight, inverse, covariance.diag()[kept], bits)
    bias = mean_output - mean[kept] @ weight
    return kept.numpy(), weight.T.float().numpy(), bias.float().numpy()


def _rounded(weight: Tensor, inverse: Tensor, variance: Tensor, bits: int) -> Tensor:
    """Weights [c, d] rounded to what will be stored, channel by channel, the one that varies most first.

    What is lost with a channel the following ones make up for, as far as they vary with it (Frantar et al. 2023, "GPTQ:
    Accurate Post-Training Quantization for Generative Pre-trained Transformers"). inverse: of the covariance.
    """
    order = variance.argsort(descending=True)
    factor = torch.linalg.cholesky(inverse[order][:, order], upper=True)
    scale = scales(weight.T[:, :, None, None], bits).flatten()
    left, rounded = weight[order], torch.empty_like(weight)
    for row, channel in enumerate(order):
        rounded[channel] = whole_numbers(left[row], scale, bits) * scale
        lost = (left[row] - rounded[channel]) / factor[row, row]
        left[row + 1 :] -= torch.outer(factor[row, row + 1 :], lost)
    return rounded


def _run(block: list[Layer], images: Tensor) -> Tensor:
    output = _convolve(block[2], _hidden(block, images))
    return output + images if _adds(block) else output


def _hidden(block: list[Layer], images: Tensor) -> Tensor:
    return _convolve(block[1], _convolve(block[0], images))


def _adds(block: list[Layer]) -> bool:
    return block[2].add_from is not None


def _convolve(layer: Layer, images: Tensor) -> Tensor:
    weight, bias = torch.tensor(layer.weight), torch.tensor(layer.bias)
    weight = weight.contiguous(memory_format=torch.channels_last)
    output = F.conv2d(images, weight, bias, layer.stride, layer.padding, groups=layer.groups)
    return output.relu_() if layer.relu else output


def _rows(maps: Tensor, places: np.ndarray) -> Tensor:
    """[n * places, channels] of [n, channels, h, w]."""
    return maps.flatten(2)[:, :, places].transpose(1, 2).flatten(0, 1).double()
