"""PyTorch's training step of the embedded networks, for train.js.

    torch_train.py THREADS     answers lines `NAME FORMAT BATCH` with JSON {"seconds": of one step}

FORMAT is nchw or channels_last. The step is that of fixtures/scripts/train-fashion.py: cross-entropy, SGD with Nesterov
momentum and weight decay, batch normalisation in training.
"""
import json
import sys
import time
from functools import cache
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / 'fixtures' / 'scripts'))
import torch
from inception import Inception
from mobilenet import MobileNet
from resnet import ResNet
from torch.nn import functional as F

NETWORKS = {'resnet': ResNet, 'mobilenet': MobileNet, 'inception': Inception}


@cache
def trained(name: str, layout: str) -> tuple[torch.nn.Module, torch.optim.Optimizer]:
    torch.manual_seed(0)
    memory = torch.channels_last if layout == 'channels_last' else torch.contiguous_format
    net = NETWORKS[name](10).to(memory_format=memory).train()
    return net, torch.optim.SGD(net.parameters(), 0.01, momentum=0.9, weight_decay=5e-4, nesterov=True)


def seconds(name: str, layout: str, batch: int) -> float:
    net, optimizer = trained(name, layout)
    x, y = torch.rand(batch, 1, 28, 28), torch.arange(batch) % 10
    began = time.perf_counter()
    loss = F.cross_entropy(net(x), y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return time.perf_counter() - began


if __name__ == '__main__':
    torch.set_num_threads(int(sys.argv[1]))
    for line in sys.stdin:
        name, layout, batch = line.split()
        print(json.dumps({'seconds': seconds(name, layout, int(batch))}), flush=True)
