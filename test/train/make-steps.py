"""Training steps of PyTorch, for test/train/steps.test.ts: test/train/steps.json.

    pip install torch==2.13.0 numpy
    python test/train/make-steps.py

A small network with every kind of layer that is trained: convolutions (of all channels, depthwise, strided), batch
normalisation, ReLU6, max and average pooling, branches, a residual, a linear layer. Ten steps on ten batches by each
optimizer, and by one with an auxiliary head and smoothed labels, in float64; the weights before and after, the losses, and the gradient of the first batch.
"""
import json
import math
from pathlib import Path

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

STEPS, BATCH, CLASSES, SHARE = 10, 8, 4, 0.3
OPTIMIZERS = {
    'sgd': lambda p: torch.optim.SGD(p, 0.05, momentum=0.9, weight_decay=5e-4, nesterov=True),
    'sgd-plain': lambda p: torch.optim.SGD(p, 0.05, momentum=0.9, weight_decay=5e-4),
    'rmsprop': lambda p: torch.optim.RMSprop(p, 0.001, momentum=0.9, weight_decay=5e-4),
    'adam': lambda p: torch.optim.Adam(p, 0.002, weight_decay=5e-4),
    'adamw': lambda p: torch.optim.AdamW(p, 0.002, weight_decay=0.01),
}


class Net(nn.Module):
    def __init__(self, auxiliary: bool) -> None:
        super().__init__()
        self.stem, self.stem_bn = nn.Conv2d(1, 8, 3, 1, 1, bias=False), nn.BatchNorm2d(8)
        self.deep, self.deep_bn = nn.Conv2d(8, 8, 3, 1, 1, groups=8, bias=False), nn.BatchNorm2d(8)
        self.left, self.right = nn.Conv2d(8, 6, (1, 3), 2, (0, 1)), nn.Conv2d(8, 6, 1, 2)
        self.linear = nn.Linear(12, CLASSES)
        self.auxiliary = nn.Linear(8, CLASSES) if auxiliary else None

    def forward(self, x: torch.Tensor) -> list[torch.Tensor]:
        x = F.relu(self.stem_bn(self.stem(x)))
        x = F.relu6(self.deep_bn(self.deep(x))) + x
        x = F.max_pool2d(x, 3, 2, 1)
        x = F.avg_pool2d(x, 3, 1, 1, count_include_pad=False)
        heads = [self.auxiliary(x.mean((2, 3)))] if self.auxiliary else []
        x = torch.cat([self.left(x), F.relu(self.right(x))], 1)
        return [self.linear(x.mean((2, 3))), *heads]


def wave(*shape: int, seed: int) -> torch.Tensor:
    """Numbers that need no generator to be the same elsewhere: sin(12.9898 i + 78.233 seed) · 43758.5453, its part behind the point."""
    i = np.arange(math.prod(shape), dtype=np.float64)
    x = np.sin(i * 12.9898 + seed * 78.233) * 43758.5453
    return torch.from_numpy((x - np.floor(x)).reshape(shape))


def run(make, auxiliary: bool = False) -> dict:
    torch.manual_seed(0)
    net = Net(auxiliary).double().train()
    with torch.no_grad():
        for k, (name, p) in enumerate(net.named_parameters()):
            p.copy_((wave(*p.shape, seed=k) - 0.5) * (1.0 if p.dim() > 1 else 0.4) + (1 if name.endswith('bn.weight') else 0))
    optimizer = make(net.parameters())
    losses, gradient = [], None
    for step in range(STEPS):
        x, y = wave(BATCH, 1, 10, 12, seed=100 + step), torch.arange(BATCH) * (step + 1) % CLASSES
        smoothing = 0.1 if auxiliary else 0.0
        first, *heads = [F.cross_entropy(logits, y, label_smoothing=smoothing) for logits in net(x)]
        loss = first + sum(SHARE * head for head in heads)
        optimizer.zero_grad()
        loss.backward()
        gradient = gradient or {k: v.grad.clone() for k, v in net.named_parameters()}
        optimizer.step()
        losses.append(loss.item())
    figures = {k: v for k, v in net.state_dict().items() if 'num_batches' not in k}
    return {'losses': losses, 'after': {k: flat(v) for k, v in figures.items()},
            'gradient': {k: flat(v) for k, v in gradient.items()}}


def flat(t: torch.Tensor) -> list[float]:
    return [float(f'{v:.9g}') for v in t.reshape(-1).tolist()]


if __name__ == '__main__':
    torch.set_num_threads(1)
    results = {name: run(make) for name, make in OPTIMIZERS.items()}
    results['sgd-auxiliary'] = run(OPTIMIZERS['sgd'], auxiliary=True)
    for name in list(results)[1:]:
        del results[name]['gradient']
    out = {'torch': torch.__version__.split('+')[0], **results}
    path = Path(__file__).with_name('steps.json')
    path.write_text(json.dumps(out) + '\n')
    print(path, path.stat().st_size, [(k, v['losses'][0], v['losses'][-1]) for k, v in results.items()])
