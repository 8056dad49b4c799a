"""The student: MobileNetV2's features, with fewer channels, from random initialisation."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torchvision.models.mobilenetv2 import InvertedResidual, _make_divisible
from torchvision.ops.misc import Conv2dNormActivation

from config import Section
from pooling import compared

CHANNELS = 1280
HINT_CHANNELS = 96
STAGES = ((16, 1, 1), (24, 2, 2), (32, 3, 2), (64, 4, 2), (96, 3, 1), (160, 3, 2), (320, 1, 1))
"""Channels at width 1.0, blocks, and the first block's stride (Sandler et al. 2018, table 2)."""
RANGES = (1.0, 0.95, 0.9, 0.85, 0.8, 0.75, 0.7, 0.65, 0.6)
"""Parts of a channel's range of weights that may be what is stored."""
HINT_BLOCKS = 14
"""The first blocks, up to the end of the stage that has 96 channels at width 1.0, stride 16."""


class RoundedConv2d(nn.Conv2d):
    """A convolution that can run with its weights rounded to a few bits, as they will be stored.

    The gradient passes the rounding (Bengio et al. 2013, "Estimating or Propagating Gradients
    Through Stochastic Neurons"). A scale an output channel is not changed by the batch
    normalisation that will be folded in: the stored whole numbers are these.
    """

    bits = 8
    rounding = False

    def forward(self, images: Tensor) -> Tensor:
        return self._conv_forward(images, self._rounded() if self.rounding else self.weight, self.bias)

    def _rounded(self) -> Tensor:
        with torch.no_grad():
            scale = scales(self.weight, self.bits)
            rounded = whole_numbers(self.weight, scale, self.bits) * scale
        return self.weight + (rounded - self.weight).detach()


def scales(weight: Tensor, bits: int) -> Tensor:
    """[channels, 1, 1, 1]: what one step of the stored whole numbers is worth.

    Of some ranges, each a part of the channel's own, the one that loses least: with few bits it pays to
    cut off the largest weights (Banner et al. 2019, "Post training 4-bit quantization").
    """
    whole = weight.abs().amax((1, 2, 3), keepdim=True).clamp(min=1e-12) / largest(bits)
    tried = whole * weight.new_tensor(RANGES).view(-1, 1, 1, 1, 1)
    loss = (whole_numbers(weight, tried, bits) * tried - weight).square().sum((2, 3, 4), keepdim=True)
    return tried.gather(0, loss.argmin(0, keepdim=True))[0]


def whole_numbers(weight: Tensor, scale: Tensor, bits: int) -> Tensor:
    """The stored whole numbers of weights, symmetric about 0."""
    return torch.round(weight / scale).clamp(-largest(bits), largest(bits))


def largest(bits: int) -> int:
    """The largest whole number of so many bits."""
    return 2 ** (bits - 1) - 1


class Student(nn.Module):
    """Two stages: up to the hint, and from there to the 1280-channel feature map (stride 32).

    Sandler et al. 2018, "MobileNetV2: Inverted Residuals and Linear Bottlenecks", but a block expands to
    as many channels as the settings say, not to six times its input. ReLU stands in for ReLU6: the cap
    is for fixed-point arithmetic, and PyTorch 1.13 has no bfloat16 gradient for it on a CPU.
    """

    def __init__(self, settings: Section) -> None:
        """settings: [student] of the configuration."""
        super().__init__()
        blocks = _blocks(settings.width, settings.hidden)
        self.early = _adapted(blocks[:HINT_BLOCKS], settings.early_bits, settings.other_bits)
        self.late = _adapted(blocks[HINT_BLOCKS:], settings.late_bits, settings.other_bits)

    def forward(self, images: Tensor) -> tuple[Tensor, Tensor]:
        """(hint [n, c, s/16, s'/16], features [n, 1280, s/32, s'/32])."""
        hint = self.early(images)
        return hint, self.late(hint)

    def set_rounding(self, rounding: bool) -> None:
        """Whether weights are rounded in the forward pass."""
        for module in self.modules():
            if isinstance(module, RoundedConv2d):
                module.rounding = rounding

    @property
    def hint_channels(self) -> int:
        """Width of the hint stage."""
        return self.early[-1].out_channels


def _blocks(width: float, hidden: list[int]) -> nn.Sequential:
    """hidden: for every block the channels between its expansion and its projection; the first block, which
    has no expansion, takes them from the convolution before it."""
    blocks: list[nn.Module] = [Conv2dNormActivation(3, hidden[0], stride=2)]
    channels, expanded = hidden[0], iter(hidden)
    for base, count, first_stride in STAGES:
        wanted = _make_divisible(base * width, 8)
        for stride in (first_stride, *[1] * (count - 1)):
            block = InvertedResidual(channels, wanted, stride, next(expanded) / channels)
            # The first one doesn't add its input, also where it has as many channels as its output.
            block.use_res_connect = block.use_res_connect and len(blocks) > 1
            blocks.append(block)
            channels = wanted
    blocks.append(Conv2dNormActivation(channels, CHANNELS, kernel_size=1))
    made = nn.Sequential(*blocks)
    for module in made.modules():
        if isinstance(module, nn.Conv2d):
            nn.init.kaiming_normal_(module.weight, mode="fan_out")
    return made


def _adapted(module: nn.Module, pointwise_bits: int, other_bits: int) -> nn.Module:
    for name, child in module.named_children():
        if isinstance(child, nn.ReLU6):
            setattr(module, name, nn.ReLU(inplace=True))
        elif isinstance(child, nn.Conv2d):
            bits = pointwise_bits if child.kernel_size == (1, 1) else other_bits
            setattr(module, name, _rounded(child, bits))
        else:
            _adapted(child, pointwise_bits, other_bits)
    return module


def _rounded(conv: nn.Conv2d, bits: int) -> RoundedConv2d:
    form = (conv.in_channels, conv.out_channels, conv.kernel_size, conv.stride, conv.padding)
    rounded = RoundedConv2d(*form, groups=conv.groups, bias=False)
    rounded.load_state_dict(conv.state_dict())
    rounded.bits = bits
    return rounded


def embed(model: nn.Module, images: Tensor) -> Tensor:
    """What cosines are made of, [n, 1280]."""
    with torch.no_grad():
        return compared(model(images)[1].float())
