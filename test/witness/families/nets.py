"""Architectures that pytorchcv does not have, after their papers."""
import torch
from torch import nn
from torch.nn import functional as F


class GoogLeNet(nn.Module):
    """
    Inception v1: Szegedy et al. 2014, https://arxiv.org/abs/1409.4842, table 1 and figure 3. Both auxiliary classifiers
    are outputs. A smaller one has a `narrower`-th of the channels, the cells of each stage that `cells` counts, and
    auxiliary classifiers that pool by (kernel, stride) to a square of `side`.
    """
    TABLE = (((64, 96, 128, 16, 32, 32), (128, 128, 192, 32, 96, 64)),
             ((192, 96, 208, 16, 48, 64), (160, 112, 224, 24, 64, 64), (128, 128, 256, 24, 64, 64),
              (112, 144, 288, 32, 64, 64), (256, 160, 320, 32, 128, 128)),
             ((256, 160, 320, 32, 128, 128), (384, 192, 384, 48, 128, 128)))

    def __init__(self, classes: int, narrower: int = 1, cells: tuple[int, ...] = (2, 5, 2), hidden: int = 1024,
                 pooling: tuple[int, int] = (5, 3), side: int = 4) -> None:
        super().__init__()
        first, channels = 64 // narrower, 192 // narrower
        self.conv1 = nn.Conv2d(3, first, 7, 2, 3)
        self.conv2 = nn.Conv2d(first, first, 1)
        self.conv3 = nn.Conv2d(first, channels, 3, 1, 1)
        self.norm = nn.LocalResponseNorm(5, 1e-4, 0.75, 1.0)
        self.pool = nn.MaxPool2d(3, 2, ceil_mode=True)
        self.dropout = nn.Dropout(0.4)
        self.stages, self.auxiliary = nn.ModuleList(), nn.ModuleList()
        for i, (rows, count) in enumerate(zip(self.TABLE, cells)):
            stage = nn.ModuleList()
            for row in rows[:count]:
                cell = Inception(channels, *[c // narrower for c in row])
                channels = cell.channels
                stage.append(cell)
                if i == 1 and len(stage) in (1, count - 1):
                    self.auxiliary.append(nn.Sequential(
                        nn.AvgPool2d(*pooling), nn.Conv2d(channels, 128 // narrower, 1), nn.ReLU(), nn.Flatten(),
                        nn.Linear(side * side * 128 // narrower, hidden), nn.ReLU(), nn.Dropout(0.7),
                        nn.Linear(hidden, classes)))
            self.stages.append(stage)
        self.output = nn.Linear(channels, classes)

    def forward(self, x):  # type: ignore[no-untyped-def]
        x = self.norm(self.pool(torch.relu(self.conv1(x))))
        x = self.pool(self.norm(torch.relu(self.conv3(torch.relu(self.conv2(x))))))
        auxiliary = []
        for i, stage in enumerate(self.stages):
            for k, cell in enumerate(stage):
                x = cell(x)
                if i == 1 and k in (0, len(stage) - 2):
                    auxiliary.append(self.auxiliary[len(auxiliary)](x))
            if i < 2:
                x = self.pool(x)
        x = F.adaptive_avg_pool2d(x, 1).flatten(1)
        return self.output(self.dropout(x)), *auxiliary


class Inception(nn.Module):
    def __init__(self, channels: int, one: int, before3: int, three: int, before5: int, five: int, pooled: int) -> None:
        super().__init__()
        self.channels = one + three + five + pooled
        self.one = nn.Conv2d(channels, one, 1)
        self.before3, self.three = nn.Conv2d(channels, before3, 1), nn.Conv2d(before3, three, 3, 1, 1)
        self.before5, self.five = nn.Conv2d(channels, before5, 1), nn.Conv2d(before5, five, 5, 1, 2)
        self.pooled = nn.Conv2d(channels, pooled, 1)

    def forward(self, x):  # type: ignore[no-untyped-def]
        branches = [self.one(x), self.three(torch.relu(self.before3(x))), self.five(torch.relu(self.before5(x))),
                    self.pooled(F.max_pool2d(x, 3, 1, 1))]
        return torch.relu(torch.cat(branches, 1))


class HighwayNet(nn.Module):
    """
    Convolutional highway network: Srivastava, Greff, Schmidhuber 2015, https://arxiv.org/abs/1505.00387, equation 3:
    y = H(x)·T(x) + x·(1 − T(x)), the gate T a sigmoid whose bias starts below 0.
    """
    def __init__(self, classes: int, channels: int, blocks: tuple[int, ...]) -> None:
        super().__init__()
        layers: list[nn.Module] = [nn.Conv2d(3, channels, 3, 1, 1), nn.ReLU()]
        for count in blocks:
            layers += [Highway(nn.Conv2d(channels, channels, 3, 1, 1), nn.Conv2d(channels, channels, 3, 1, 1))
                       for _ in range(count)] + [nn.MaxPool2d(3, 2, 1)]
        self.features = nn.Sequential(*layers, nn.AdaptiveAvgPool2d(2), nn.Flatten())
        self.deep = Highway(nn.Linear(4 * channels, 4 * channels), nn.Linear(4 * channels, 4 * channels))
        self.output = nn.Linear(4 * channels, classes)

    def forward(self, x):  # type: ignore[no-untyped-def]
        return self.output(self.deep(self.features(x)))


class Highway(nn.Module):
    def __init__(self, change: nn.Module, gate: nn.Module) -> None:
        super().__init__()
        self.change, self.gate = change, gate

    def forward(self, x):  # type: ignore[no-untyped-def]
        gate = torch.sigmoid(self.gate(x) - 1)
        return torch.relu(self.change(x)) * gate + x * (1 - gate)


class ConvNeXt(nn.Module):
    """Liu et al. 2022, https://arxiv.org/abs/2201.03545, figure 4: LayerNorm over channels, GELU, layer scale."""

    def __init__(self, classes: int, depths: tuple[int, ...], channels: tuple[int, ...]) -> None:
        super().__init__()
        layers: list[nn.Module] = [nn.Conv2d(3, channels[0], 4, 4), ChannelNorm(channels[0])]
        for i, (depth, wide) in enumerate(zip(depths, channels)):
            if i > 0:
                layers += [ChannelNorm(channels[i - 1]), nn.Conv2d(channels[i - 1], wide, 2, 2)]
            layers += [ConvNeXtBlock(wide) for _ in range(depth)]
        self.features = nn.Sequential(*layers)
        self.norm = nn.LayerNorm(channels[-1], 1e-6)
        self.output = nn.Linear(channels[-1], classes)

    def forward(self, x):  # type: ignore[no-untyped-def]
        return self.output(self.norm(self.features(x).mean((-2, -1))))


class ChannelNorm(nn.LayerNorm):
    """Over the channels of [N, C, H, W]."""

    def forward(self, x):  # type: ignore[no-untyped-def]
        return super().forward(x.permute(0, 2, 3, 1)).permute(0, 3, 1, 2)


class ConvNeXtBlock(nn.Module):
    def __init__(self, channels: int) -> None:
        super().__init__()
        self.depthwise = nn.Conv2d(channels, channels, 7, 1, 3, groups=channels)
        self.norm = nn.LayerNorm(channels, 1e-6)
        self.wide, self.narrow = nn.Linear(channels, 4 * channels), nn.Linear(4 * channels, channels)
        # 1e-6 at the start of a training: what a trained one has is more.
        self.scale = nn.Parameter(torch.rand(channels) + 0.2)

    def forward(self, x):  # type: ignore[no-untyped-def]
        y = self.norm(self.depthwise(x).permute(0, 2, 3, 1))
        return x + (self.scale * self.narrow(F.gelu(self.wide(y)))).permute(0, 3, 1, 2)


class ViT(nn.Module):
    """Dosovitskiy et al. 2020, https://arxiv.org/abs/2010.11929, figure 1, with a class token."""

    def __init__(self, classes: int, size: int, patch: int, wide: int, heads: int, depth: int) -> None:
        super().__init__()
        self.patches = nn.Conv2d(3, wide, patch, patch)
        self.token = nn.Parameter(torch.randn(1, 1, wide))
        self.places = nn.Parameter(torch.randn(1, (size // patch) ** 2 + 1, wide))
        self.blocks = nn.Sequential(*[Attending(wide, heads) for _ in range(depth)])
        self.norm, self.output = nn.LayerNorm(wide, 1e-6), nn.Linear(wide, classes)

    def forward(self, x):  # type: ignore[no-untyped-def]
        x = self.patches(x).flatten(2).transpose(1, 2)
        x = torch.cat([self.token.expand(x.shape[0], -1, -1), x], 1) + self.places
        return self.output(self.norm(self.blocks(x)[:, 0]))


class Attending(nn.Module):
    def __init__(self, wide: int, heads: int) -> None:
        super().__init__()
        self.heads, self.norm1, self.norm2 = heads, nn.LayerNorm(wide, 1e-6), nn.LayerNorm(wide, 1e-6)
        self.qkv, self.mixed = nn.Linear(wide, 3 * wide), nn.Linear(wide, wide)
        self.wide, self.narrow = nn.Linear(wide, 4 * wide), nn.Linear(4 * wide, wide)

    def forward(self, x):  # type: ignore[no-untyped-def]
        n, tokens, wide = x.shape
        q, k, v = self.qkv(self.norm1(x)).reshape(n, tokens, 3, self.heads, wide // self.heads).permute(2, 0, 3, 1, 4)
        x = x + self.mixed(F.scaled_dot_product_attention(q, k, v).transpose(1, 2).reshape(n, tokens, wide))
        return x + self.narrow(F.gelu(self.wide(self.norm2(x))))
