"""Adversarial training in PyTorch by the recipe of `advx defend adversarial-training`, from the same file, to the same kind of file.

    torch_defend.py MODEL.onnx HARDENED.onnx [--eps 0.1] [--steps 10] [--epochs 2] [--ramp 1] [--lr 0.001] [--data FOLDER] [--threads 2]

Adam under a one-cycle rate, batches of 128, pictures moved by up to two pixels and mirrored; each batch is the
one that projected gradient descent makes of it: from a random point of the ball, steps of a quarter of eps, which rises over the first epochs. Both are
attacked by advx afterwards; README.md has the figures.
"""
import argparse
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / 'fixtures' / 'scripts'))
import onnx
import torch
from augmentation import augmented
from fashion_mnist import DATA, MEAN, STD, load
from peers import onnx2torch
from torch.nn import functional as F

BATCH, SHIFT, ALPHA = 128, 2, 0.25


def adversarial(net: torch.nn.Module, x: torch.Tensor, y: torch.Tensor, eps: float, steps: int) -> torch.Tensor:
    point = (x + eps * (2 * torch.rand_like(x) - 1)).clamp(0, 1)
    for _ in range(steps):
        point.requires_grad_()
        (g,) = torch.autograd.grad(F.cross_entropy(net((point - MEAN) / STD), y, reduction='sum'), point)
        moved = point.detach() + ALPHA * eps * g.sign()
        point = torch.minimum(torch.maximum(moved, x - eps), x + eps).clamp(0, 1)
    return point


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument('model', type=Path)
    arguments.add_argument('out', type=Path)
    arguments.add_argument('--eps', type=float, default=0.1)
    arguments.add_argument('--steps', type=int, default=10)
    arguments.add_argument('--epochs', type=int, default=2)
    arguments.add_argument('--ramp', type=int, default=1)
    arguments.add_argument('--lr', type=float, default=1e-3)
    arguments.add_argument('--data', type=Path, default=DATA)
    arguments.add_argument('--threads', type=int, default=2)
    options = arguments.parse_args()
    torch.manual_seed(0)
    torch.set_num_threads(options.threads)

    file = onnx.load(options.model)
    net = onnx2torch.convert(file)
    for weight in net.buffers():
        weight.requires_grad_(False)
    pictures, labels = load('train', options.data)
    x, y = torch.tensor(pictures)[:, None], torch.tensor(labels, dtype=torch.int64)
    steps = len(x) // BATCH
    optimizer = torch.optim.Adam(net.parameters(), options.lr)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, options.lr, total_steps=options.epochs * steps, cycle_momentum=False)
    for epoch in range(options.epochs):
        began, total = time.time(), 0.0
        for step, batch in enumerate(torch.randperm(len(x))[: steps * BATCH].split(BATCH), epoch * steps + 1):
            eps = options.eps * min(1, step / max(1, options.ramp * steps))
            clean = augmented(x[batch].float() / 255, SHIFT)
            point = adversarial(net, clean, y[batch], eps, options.steps)
            loss = F.cross_entropy(net((point - MEAN) / STD), y[batch])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
            total += loss.item()
        print(f'epoch {epoch + 1}/{options.epochs}: loss {total / steps:.4f}, {time.time() - began:.0f} s', flush=True)

    torch.onnx.export(net.eval(), torch.zeros(1, 1, 28, 28), options.out, input_names=['input'], output_names=['logits'],
                      dynamic_axes={'input': {0: 'N'}, 'logits': {0: 'N'}}, opset_version=17, dynamo=False)
    hardened = onnx.load(options.out)
    hardened.metadata_props.extend(p for p in file.metadata_props if p.key in ('advx.classes', 'advx.preprocessing'))
    onnx.save(hardened, options.out)


if __name__ == '__main__':
    main()
