"""PyTorch's input gradients, and the networks that gradient.js compares on: pytorchcv's definitions, random weights.

    torch_gradient.py export FOLDER     writes NAME.onnx for each network, in evaluation mode
    torch_gradient.py serve THREADS     answers lines `NAME FORMAT BATCH` with JSON {"seconds": of one batch}

FORMAT is nchw or channels_last. The weights have requires_grad_(False): only the picture's gradient is computed.
"""
import json
import sys
import time
import warnings
from functools import cache
from pathlib import Path

import torch
from pytorchcv.models.inceptionv3 import inceptionv3
from pytorchcv.models.mobilenetv2 import mobilenetv2_w1
from pytorchcv.models.resnet import resnet50

NETWORKS = {'resnet50': (resnet50, 224), 'mobilenetv2': (mobilenetv2_w1, 224), 'inceptionv3': (inceptionv3, 299)}


@cache
def network(name: str) -> torch.nn.Module:
    """With random weights, and BatchNorm's running figures of random pictures: no value explodes or vanishes."""
    make, size = NETWORKS[name]
    torch.manual_seed(0)
    net = make().train().requires_grad_(False)
    for layer in net.modules():
        if isinstance(layer, torch.nn.BatchNorm2d):
            layer.momentum = None
    with torch.no_grad():
        net(torch.rand(8, 3, size, size))
    return net.eval()


def export(folder: Path) -> None:
    for name, (_, size) in NETWORKS.items():
        with warnings.catch_warnings():
            warnings.simplefilter('ignore')
            torch.onnx.export(
                network(name),
                (torch.rand(1, 3, size, size),),
                str(folder / f'{name}.onnx'),
                dynamo=False,
                opset_version=17,
                input_names=['x'],
                output_names=['logits'],
                dynamic_axes={'x': {0: 'n'}, 'logits': {0: 'n'}},
            )


def seconds(name: str, layout: str, batch: int) -> float:
    memory = torch.channels_last if layout == 'channels_last' else torch.contiguous_format
    net = network(name).to(memory_format=memory)
    size = NETWORKS[name][1]
    x = torch.rand(batch, 3, size, size).to(memory_format=memory).requires_grad_(True)
    labels = torch.arange(batch)
    began = time.perf_counter()
    torch.autograd.grad(torch.nn.functional.cross_entropy(net(x), labels, reduction='sum'), x)
    return time.perf_counter() - began


def main() -> None:
    command, argument = sys.argv[1:]
    if command == 'export':
        export(Path(argument))
        return
    torch.set_num_threads(int(argument))
    for line in sys.stdin:
        name, layout, batch = line.split()
        print(json.dumps({'seconds': seconds(name, layout, int(batch))}), flush=True)


if __name__ == '__main__':
    main()
