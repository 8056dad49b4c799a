"""The student: MobileNetV2's features, narrower, from random initialisation."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torchvision.models import mobilenet_v2

CHANNELS = 1280
HINT_CHANNELS = 96
HINT_BLOCKS = 14
"""The first blocks, up to the end of the stage that has 96 channels at width 1.0, stride 16."""


class Student(nn.Module):
    """Two stages: up to the hint, and from there to the 1280-channel feature map (stride 32).

    Sandler et al. 2018, "MobileNetV2: Inverted Residuals and Linear Bottlenecks", table 2. ReLU
    stands in for ReLU6: the cap is for fixed-point arithmetic, and PyTorch 1.13 has no bfloat16
    gradient for it on a CPU.
    """

    def __init__(self, width: float) -> None:
        super().__init__()
        blocks = _uncapped(mobilenet_v2(width_mult=width).features)
        self.early, self.late = blocks[:HINT_BLOCKS], blocks[HINT_BLOCKS:]

    def forward(self, images: Tensor) -> tuple[Tensor, Tensor]:
        """(hint [n, c, s/16, s/16], features [n, 1280, s/32, s/32])."""
        hint = self.early(images)
        return hint, self.late(hint)

    @property
    def hint_channels(self) -> int:
        """Width of the hint stage."""
        return self.early[-1].out_channels


def _uncapped(module: nn.Module) -> nn.Module:
    for name, child in module.named_children():
        if isinstance(child, nn.ReLU6):
            setattr(module, name, nn.ReLU(inplace=True))
        else:
            _uncapped(child)
    return module


def embed(model: nn.Module, images: Tensor) -> Tensor:
    """The pooled embedding, [n, 1280]."""
    with torch.no_grad():
        return model(images)[1].float().mean((2, 3))
