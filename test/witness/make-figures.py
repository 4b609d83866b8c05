"""Figures of an independent implementation, for advx's tests to be compared with: PyTorch and foolbox.

    pip install torch foolbox eagerpy onnx onnxruntime numpy pillow
    python test/witness/make-figures.py [fashion-mobilenet ...]

Reads each model with a few lines of PyTorch of its own (nothing of advx takes part; the logits are checked against
ONNX Runtime's first) and writes test/witness/figures.json: `models`, keyed by the sha256 of the model file. Models
whose files are absent, or that are not among those named, keep the figures they have. A few minutes on two cores.

What the fields mean; pictures are counted from 0 in the order of `images`, pixels are in 0..1:
  labels, predictions  of every picture; `right` of them agree. Clean errors take no part in any attack.
  logits               of a few pictures, by index.
  gradient             d(cross-entropy at the label) / d(pixel), in float64, of the pictures with the least margin
                       (a confident picture's gradient is below float32's noise): L2 norm, the projection
                       sum_i g_i sin(i + 1) over the flat index i of [C, H, W], and the values to seven digits. Of a
                       net with max pooling at the picture plus `moved` sin(i + 1): in a plain background a window's
                       values are equal but for their last bits, which then say where the gradient goes.
  attacks              one entry for an attack and a budget. A picture is `broken` when it is misclassified as float32,
                       and `written` when it still is after rounding to the nearest 8-bit levels and these lie in the
                       ball: Linf at most floor(255 eps + 1e-9) levels, L2 and L1 at most eps + 1e-9. Random attacks
                       have one count a seed and the median; the others name the pictures.
"""
import argparse
import hashlib
import json
import os
import re
import statistics
import time
from pathlib import Path

import foolbox
import numpy as np
import onnx
import onnxruntime
import torch
from onnx import helper, numpy_helper
from PIL import Image
from torch import nn
from torch.nn import functional as F

ROOT = Path(__file__).resolve().parent.parent.parent
FIGURES = Path(__file__).resolve().parent / 'figures.json'
DATA = ROOT.parent / 'shared' / 'data'
SEEDS = range(5)
MOVED = 1e-3
IMAGENET = ((0.485, 0.456, 0.406), (0.229, 0.224, 0.225))


class OnnxNet(nn.Module):
    """An ONNX graph of the operators below, run node by node; (x - mean) / std comes before it."""

    def __init__(self, path: Path, mean: tuple[float, ...], std: tuple[float, ...]) -> None:
        super().__init__()
        graph = onnx.load(path).graph
        self.nodes, self.input, self.output = list(graph.node), graph.input[0].name, graph.output[0].name
        self.names = {}
        for i, tensor in enumerate(graph.initializer):
            self.names[tensor.name] = f'w{i}'
            self.register_buffer(f'w{i}', torch.from_numpy(numpy_helper.to_array(tensor).copy()))
        # No buffers: a change of the weights' precision must not round them.
        self.mean, self.std = (torch.tensor(v, dtype=torch.float64).reshape(1, -1, 1, 1) for v in (mean, std))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        values = {name: getattr(self, key) for name, key in self.names.items()}
        values[self.input] = (x - self.mean.to(x.dtype)) / self.std.to(x.dtype)
        for node in self.nodes:
            attributes = {a.name: helper.get_attribute_value(a) for a in node.attribute}
            inputs = [values[name] if name else None for name in node.input]
            values[node.output[0]] = self.operators[node.op_type](*inputs, **attributes)
        return values[self.output]

    @staticmethod
    def conv(x, weight, bias=None, *, kernel_shape=None, strides=(1, 1), pads=(0, 0, 0, 0), dilations=(1, 1), group=1):
        top, left, bottom, right = pads
        return F.conv2d(F.pad(x, (left, right, top, bottom)), weight, bias, strides, 0, dilations, group)

    @staticmethod
    def gemm(a, b, c, *, alpha=1.0, beta=1.0, transA=0, transB=0):  # noqa: N803, the names of ONNX
        return alpha * (a.T if transA else a) @ (b.T if transB else b) + beta * c

    @staticmethod
    def slice(x, starts, ends, axes, steps):
        for start, end, axis, step in zip(starts.tolist(), ends.tolist(), axes.tolist(), steps.tolist()):
            x = x.index_select(axis, torch.arange(x.shape[axis])[slice(start, end, step)])
        return x

    @staticmethod
    def pad(x, pads, value=None, *, mode):
        if mode != b'constant' or value is not None:
            raise SystemExit('Pad: only zeros are read here')
        before, after = pads.tolist()[: x.ndim], pads.tolist()[x.ndim :]
        return F.pad(x, [n for pair in zip(reversed(before), reversed(after)) for n in pair])

    @staticmethod
    def reshape(x, shape):
        return x.reshape([size or x.shape[i] for i, size in enumerate(shape.tolist())])

    @staticmethod
    def max_pool(x, *, kernel_shape, strides, pads, dilations=(1, 1)):
        return F.max_pool2d(x, kernel_shape, strides, both_sides(pads), dilations)

    @staticmethod
    def average_pool(x, *, kernel_shape, strides, pads, count_include_pad=0):
        return F.avg_pool2d(x, kernel_shape, strides, both_sides(pads), count_include_pad=bool(count_include_pad))

    operators = {
        'Add': torch.add, 'Clip': torch.clip, 'Conv': conv, 'Gemm': gemm, 'Pad': pad, 'Relu': torch.relu,
        'Slice': slice, 'Concat': lambda *xs, axis: torch.cat(xs, axis), 'MaxPool': max_pool, 'AveragePool': average_pool,
        'Reshape': reshape, 'MatMul': torch.matmul, 'Identity': lambda x: x,
        'Flatten': lambda x, axis=1: x.flatten(axis), 'GlobalAveragePool': lambda x: x.mean((2, 3), keepdim=True),
    }


def both_sides(pads: list[int]) -> list[int]:
    if pads[:2] != pads[2:]:
        raise SystemExit(f'a pool with pads of {pads}: only the same on both sides are read here')
    return pads[:2]


def fixture_pictures():
    """Levels [N, 1, 28, 28], labels and paths of fixtures/images, by path."""
    properties = onnx.load(ROOT / 'fixtures/models/fashion-resnet.onnx').metadata_props
    classes = json.loads(next(p.value for p in properties if p.key == 'advx.classes'))
    folder = ROOT / 'fixtures/images'
    paths = sorted(folder.glob('*/*.png'), key=lambda path: path.relative_to(folder).as_posix())
    levels = np.stack([np.asarray(Image.open(path))[None] for path in paths])
    labels = [classes.index(path.parent.name) for path in paths]
    return levels, labels, [path.relative_to(folder).as_posix() for path in paths]


def array_pictures(name: str, count: int):
    """Levels [N, C, H, W], labels and a description of the first pictures of an .npy pair in 0..1."""
    pictures, labels = (np.load(DATA / 'images' / f'{name}_{part}.npy')[:count] for part in 'Xy')
    if pictures.shape[-1] == 3:
        pictures = pictures.transpose(0, 3, 1, 2)
    levels = np.rint(pictures.astype(np.float64) * 255).astype(np.uint8)
    return levels, labels.tolist(), f'{name}_X.npy, first {count}, rounded to levels/255'


def pixels(levels: np.ndarray) -> torch.Tensor:
    return torch.from_numpy(levels.astype(np.float32) / np.float32(255))


def distance(levels: np.ndarray, clean: np.ndarray, norm: str) -> np.ndarray:
    """Per picture, in pixel units; Linf as a whole number of levels."""
    d = np.abs(levels.astype(np.int64) - clean).reshape(len(clean), -1)
    return {'linf': lambda: d.max(1), 'l2': lambda: np.sqrt((d * d).sum(1)) / 255, 'l1': lambda: d.sum(1) / 255}[norm]()


class Witness:
    def __init__(self, path: Path, levels: np.ndarray, labels: list[int], mean, std) -> None:
        self.net = OnnxNet(path, mean, std).eval().requires_grad_(False)
        self.levels, self.labels = levels, torch.tensor(labels)
        self.logits = self.predict(pixels(levels))
        session = onnxruntime.InferenceSession(path, providers=['CPUExecutionProvider'])
        shape = (1, -1, 1, 1)
        x = (pixels(levels).numpy() - np.float32(mean).reshape(shape)) / np.float32(std).reshape(shape)
        expected = np.concatenate([session.run(None, {self.net.input: part})[0] for part in np.array_split(x, 10)])
        difference = float(np.abs(self.logits.numpy() - expected).max() / np.abs(expected).max())
        if difference > 1e-5:
            raise SystemExit(f'{path}: PyTorch and ONNX Runtime differ by {difference}')
        self.right = np.flatnonzero((self.logits.argmax(1) == self.labels).numpy())
        self.model = foolbox.PyTorchModel(self.net, bounds=(0, 1), device='cpu')

    def predict(self, x: torch.Tensor) -> torch.Tensor:
        with torch.no_grad():
            return torch.cat([self.net(part) for part in x.split(100)])

    def gradients(self, count: int, values: int) -> list[dict]:
        """Of the `count` pictures with the least margin that are classified rightly; the first `values` in full."""
        label = self.logits.gather(1, self.labels[:, None])[:, 0]
        others = self.logits.scatter(1, self.labels[:, None], -torch.inf).amax(1)
        chosen = sorted(self.right, key=lambda i: float(label[i] - others[i]))[:count]
        double = self.net.double()
        moved = {'moved': MOVED} if any(node.op_type == 'MaxPool' for node in self.net.nodes) else {}
        sine = np.sin(np.arange(self.levels[0].size) + 1.0)
        x = self.levels[chosen] / 255.0 + moved.get('moved', 0) * sine.reshape(self.levels[0].shape)
        x = torch.from_numpy(x).requires_grad_()
        loss = F.cross_entropy(double(x), self.labels[chosen], reduction='none')
        g = torch.autograd.grad(loss.sum(), x)[0].flatten(1).numpy()
        self.net.float()
        return [{'image': int(index), **moved, 'crossEntropy': float(loss[k].detach()),
                 'l2': float(np.linalg.norm(g[k])), 'projection': float(g[k] @ sine),
                 **({'values': digits(g[k])} if k < values else {})}
                for k, index in enumerate(chosen)]

    def attacked(self, attack: foolbox.Attack, norm: str, eps: float, seed: int) -> tuple[np.ndarray, np.ndarray]:
        """The pictures that an attack breaks: as float32, and as written files inside the ball."""
        torch.manual_seed(seed)
        clean, labels = self.levels[self.right], self.labels[self.right]
        _, x, broken = attack(self.model, pixels(clean), labels, epsilons=eps)
        written = np.rint(x.numpy().astype(np.float64) * 255).astype(np.uint8)
        fooled = (self.predict(pixels(written)).argmax(1) != labels).numpy()
        limit = np.floor(255 * eps + 1e-9) if norm == 'linf' else eps + 1e-9
        return self.right[broken.numpy()], self.right[fooled & (distance(written, clean, norm) <= limit)]

    def figures(self, attack: foolbox.Attack, name: str, norm: str, eps: float, random: bool) -> dict:
        started = time.time()
        entry = {'attack': name, 'foolbox': type(attack).__name__, 'norm': norm, 'eps': eps}
        if hasattr(attack, 'steps') and name != 'fgsm':
            entry |= {'steps': attack.steps, 'relStepsize': attack.rel_stepsize}
        if random:
            runs = [self.attacked(attack, norm, eps, seed) for seed in SEEDS]
            for field, counts in zip(('broken', 'written'), zip(*[map(len, run) for run in runs])):
                entry[field] = {'seeds': list(counts), 'median': statistics.median(counts)}
        else:
            broken, written = self.attacked(attack, norm, eps, 0)
            entry |= {'broken': {'count': len(broken), 'images': broken.tolist()},
                      'written': {'count': len(written), 'images': written.tolist()}}
        shown = [entry[field].get('seeds', entry[field].get('count')) for field in ('broken', 'written')]
        seconds = time.time() - started
        print(f'  {name} {norm} {eps:.4f}: {shown[0]} as float32, {shown[1]} written, {seconds:.0f} s', flush=True)
        return entry


def digits(values) -> list[float]:
    return [float(f'{v:.7g}') for v in values]


def linf(w: Witness, eps: float) -> list[dict]:
    a = foolbox.attacks
    return [w.figures(a.LinfFastGradientAttack(), 'fgsm', 'linf', eps, random=False),
            w.figures(a.LinfBasicIterativeAttack(steps=10, random_start=False), 'bim', 'linf', eps, random=False),
            w.figures(a.LinfPGD(steps=40), 'pgd', 'linf', eps, random=True)]


def witness(path: Path, images, labels, described, mean, std, budgets: dict[str, list[float]], values: int) -> dict:
    print(path.name, flush=True)
    w = Witness(path, images, labels, mean, std)
    entry = {'model': os.path.relpath(path, ROOT),
             'images': described, 'mean': list(mean), 'std': list(std), 'labels': labels,
             'predictions': w.logits.argmax(1).tolist(), 'right': len(w.right),
             'logits': {str(i): digits(w.logits[i]) for i in (0, 1, len(labels) // 2, len(labels) - 1)},
             'gradient': w.gradients(3, values), 'attacks': []}
    print(f'  {len(w.right)} of {len(labels)} classified rightly')
    for eps in budgets['linf']:
        entry['attacks'] += linf(w, eps)
    for eps in budgets.get('l2', []):
        entry['attacks'].append(w.figures(foolbox.attacks.L2PGD(steps=50), 'pgd', 'l2', eps, random=True))
    for eps in budgets.get('l1', []):
        entry['attacks'].append(w.figures(foolbox.attacks.L1PGD(steps=50), 'pgd', 'l1', eps, random=True))
    return entry


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument('models', nargs='*', help='file names without .onnx; default: all')
    chosen = arguments.parse_args().models
    tasks = [(ROOT / f'fixtures/models/fashion-{family}.onnx', fixture_pictures, (0.286,), (0.353,),
              {'linf': [2 / 255, *middle, 8 / 255], 'l2': [0.5], 'l1': [12]}, values)
             for family, middle, values in (('resnet', [4 / 255], 3), ('mobilenet', [], 1), ('inception', [], 1))]
    if DATA.is_dir():
        tasks += [
            (DATA / 'onnx/cifar10-resnet20-akamaster.onnx', lambda: array_pictures('cifar10_200', 100), *IMAGENET,
             {'linf': [1 / 255, 2 / 255, 8 / 255], 'l2': [0.25], 'l1': [12]}, 1),
            (DATA / 'onnx/mnist-wongkolter-eps0.1.onnx', lambda: array_pictures('mnist_first1000', 300), (0.0,), (1.0,),
             {'linf': [0.1, 0.2], 'l2': [2.0]}, 2),
        ]
    else:
        print(f'{DATA} is absent: its models keep the figures they have')
    kept = json.loads(FIGURES.read_text())['models'] if FIGURES.exists() else {}
    names = [path.stem for path, *_ in tasks]
    if unknown := set(chosen) - set(names):
        arguments.error(f'expected some of {", ".join(names)} but got {", ".join(sorted(unknown))}')
    for path, pictures, mean, std, budgets, values in tasks:
        if chosen and path.stem not in chosen:
            continue
        entry = witness(path, *pictures(), mean, std, budgets, values)
        kept = {sha: other for sha, other in kept.items() if other['model'] != entry['model']}
        kept[hashlib.sha256(path.read_bytes()).hexdigest()] = entry
        made = {name: module.__version__ for name, module in
                (('torch', torch), ('foolbox', foolbox), ('onnxruntime', onnxruntime), ('numpy', np))}
        text = json.dumps({'made': {'by': 'test/witness/make-figures.py', **made}, 'models': kept}, indent=1)
        FIGURES.write_text(compact(text) + '\n')
    print(f'{FIGURES}: {FIGURES.stat().st_size:,} bytes')


def compact(text: str) -> str:
    """Indented JSON with every list of plain values on one line, without spaces."""
    return re.sub(r'\[[^][{}]*\]', lambda plain: re.sub(r'\s+', '', plain[0]), text)


if __name__ == '__main__':
    main()
