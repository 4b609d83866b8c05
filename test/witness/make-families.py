"""One small file of every family of image classifiers, and what PyTorch says of it, for advx to be compared with.

    pip install torch pytorchcv onnx onnxscript onnxruntime numpy
    python test/witness/make-families.py                           the committed files
    python test/witness/make-families.py --full FOLDER [NAME ...]  the published sizes, some gigabytes, into FOLDER

Weights are random and calibrated (families/calibration.py). Writes <name>.onnx and families.json: `files`, by name;
made again on another machine the last bits of weights and figures differ.

What the fields mean; pictures are families/pictures.py's of that seed, pixels are in 0..1:
  file           size, preprocessing, opset, exporter, parameters, operators (with counts) as the file has them
  predictions    of the pictures 0, 1, ... by PyTorch in float32
  witnesses      pictures whose gradient rounding does not decide: no ReLU and no maximum turns when float32 takes the
                 place of float64, or when the picture is moved by some millionths of its range. Pictures of nets of
                 published size all have such; there `float32` says how far PyTorch's own gradients are apart
    logits       in float64
    gradient     d(cross-entropy at the prediction) / d(pixel) in float64: L2 norm and random projections
    float32      L2 distance of PyTorch's gradient in float32, as a share of the norm
"""
import argparse
import json
import re
import warnings
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch
from torch.nn import functional as F

from families.calibration import calibrate
from families.catalogue import FAMILIES, Export, Family
from families.pictures import picture, projections

HERE = Path(__file__).resolve().parent / 'families'
MEANS = {'imagenet': ((0.485, 0.456, 0.406), (0.229, 0.224, 0.225)), 'inception': ((0.5,) * 3, (0.5,) * 3),
         'unit': ((0.0,) * 3, (1.0,) * 3)}


def pixels(seeds: range, size: int) -> torch.Tensor:
    return torch.from_numpy(np.stack([picture(seed, size) for seed in seeds]).astype(np.float32) / np.float32(255))


class Net(torch.nn.Module):
    """The scores of pictures in 0..1."""

    def __init__(self, net: torch.nn.Module, preprocessing: str) -> None:
        super().__init__()
        self.net = net
        self.mean, self.std = (torch.tensor(v, dtype=torch.float64).reshape(1, 3, 1, 1) for v in MEANS[preprocessing])

    def normalised(self, x: torch.Tensor) -> torch.Tensor:
        return (x - self.mean.to(x.dtype)) / self.std.to(x.dtype)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        scores = self.net(self.normalised(x))
        return scores[0] if isinstance(scores, tuple) else scores

    def gradient(self, x: torch.Tensor, label: int) -> torch.Tensor:
        x = x[None].clone().requires_grad_()
        return torch.autograd.grad(F.cross_entropy(self(x), torch.tensor([label])), x)[0][0]


def apart(a: torch.Tensor, b: torch.Tensor) -> float:
    return float((a.double() - b).norm() / b.norm())


def export(net: torch.nn.Module, x: torch.Tensor, path: Path, how: Export, preprocessing: str) -> onnx.ModelProto:
    outputs = ['logits', *(f'auxiliary{i + 1}' for i in range(2))][: 3 if isinstance(net(x), tuple) else 1]
    common = {'input_names': ['input'], 'output_names': outputs, 'opset_version': how.opset, 'dynamo': how.dynamo}
    if how.dynamo:
        batch = {'dynamic_shapes': ({0: torch.export.Dim('N')},)} if how.any_batch else {}
        torch.onnx.export(net, (x,), path, external_data=False, verbose=False, **batch, **common)
    else:
        mode = torch.onnx.TrainingMode.EVAL if how.folded else torch.onnx.TrainingMode.PRESERVE
        batch = {'dynamic_axes': {name: {0: 'N'} for name in ['input', *outputs]}} if how.any_batch else {}
        torch.onnx.export(net, (x,), path, do_constant_folding=how.folded, training=mode, **batch, **common)
    model = onnx.load(path)
    strip(model)
    mean, std = MEANS[preprocessing]
    said = {'image_mean': mean, 'image_std': std} if preprocessing == 'imagenet' else preprocessing
    onnx.helper.set_model_props(model, {'advx.preprocessing': said if isinstance(said, str) else json.dumps(said)})
    onnx.save(model, path)
    return model


def strip(model: onnx.ModelProto) -> None:
    """Takes away what the exporters say of the Python that they ran: stack traces, with paths of this machine."""
    graphs = [model.graph, *model.functions]
    for graph in graphs:
        del graph.metadata_props[:], graph.value_info[:]
        for part in [*graph.node, *getattr(graph, 'initializer', ()), *getattr(graph, 'input', ()),
                     *getattr(graph, 'output', ())]:
            if not isinstance(part, str):
                del part.metadata_props[:]
                part.doc_string = ''


def nodes_of(graph: onnx.GraphProto) -> Iterator[onnx.NodeProto]:
    """Also those in the branches of an If."""
    for node in graph.node:
        yield node
        for attribute in node.attribute:
            if attribute.type == onnx.AttributeProto.GRAPH:
                yield from nodes_of(attribute.g)


def witnesses(net: Net, x: torch.Tensor, full: bool) -> list[dict]:
    """The pictures of `x` whose gradient depends least on the precision, with their figures."""
    found = []
    with torch.no_grad():
        labels = net(x).argmax(1).tolist()
    for seed, (one, label) in enumerate(zip(x, labels)):
        single = net.gradient(one, label)
        net.double()
        exact = net.gradient(one.double(), label)
        moved = [net.gradient(one.double() + 1e-6 * torch.randn(one.shape), label) for _ in range(0 if full else 4)]
        with torch.no_grad():
            logits = net(one[None].double())[0]
        net.float()
        found.append((max(apart(g, exact) for g in [single, *moved]), seed, logits, exact, apart(single, exact)))
    best = sorted(sorted(found, key=lambda f: f[0])[: 1 if full else 2], key=lambda f: f[1])
    return [{'picture': seed, 'logits': digits(logits), 'l2': digits(exact.norm()[None])[0],
             'projections': digits(projections(exact.numpy())), 'float32': float(f'{distance:.2g}')}
            for _, seed, logits, exact, distance in best]


def digits(values) -> list[float]:
    return [float(f'{v:.7g}') for v in values]


def make(family: Family, folder: Path, full: bool) -> dict:
    torch.manual_seed(0)
    size = family.full_size if full else family.size
    inner = (family.full if full else family.small)()
    net = Net(inner, family.preprocessing)
    with torch.no_grad():
        calibrate(inner, net.normalised(pixels(range(1000, 1016 if full else 1064), size)), 2.0)
    path = folder / f'{family.name}.onnx'
    # The newer exporter takes a batch of 1 for a constant.
    example = net.normalised(pixels(range(2 if family.export.dynamo else 1), size))
    model = export(inner, example, path, family.export, family.preprocessing)
    x = pixels(range(2 if full else 16), size)
    with torch.no_grad():
        scores = net(x).numpy()
    session = onnxruntime.InferenceSession(path, providers=['CPUExecutionProvider'])
    theirs = np.concatenate([session.run(['logits'], {'input': net.normalised(one[None]).numpy()})[0] for one in x])
    difference = float(np.linalg.norm(theirs - scores) / np.linalg.norm(scores))
    if difference > 1e-4:
        raise SystemExit(f'{path}: PyTorch and ONNX Runtime differ by {difference}')
    operators = Counter(f'{node.domain}.{node.op_type}' if node.domain else node.op_type
                        for node in nodes_of(model.graph))
    entry = {
        'source': family.source, 'size': size, 'classes': scores.shape[1], 'preprocessing': family.preprocessing,
        'exporter': 'torch.onnx.export, ' + ('dynamo' if family.export.dynamo else 'TorchScript'),
        'opset': model.opset_import[0].version, 'bytes': path.stat().st_size,
        'parameters': sum(p.numel() for p in inner.parameters()), 'operators': dict(sorted(operators.items())),
        'predictions': scores.argmax(1).tolist(), 'witnesses': witnesses(net, x, full),
    }
    spread = [f'{w["float32"]:.1e}' for w in entry['witnesses']]
    print(f'{family.name}: {entry["bytes"]:,} bytes, {entry["parameters"]:,} parameters, '
          f'classes {sorted(set(entry["predictions"]))}, deviation {scores.std():.2g}, float32 {spread}', flush=True)
    return entry


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--full', type=Path, help='folder for the families in their published sizes')
    parser.add_argument('names', nargs='*', help='only these families')
    options = parser.parse_args()
    folder = options.full or HERE
    folder.mkdir(parents=True, exist_ok=True)
    figures = folder / 'families.json'
    files = json.loads(figures.read_text())['files'] if figures.exists() else {}
    warnings.filterwarnings('ignore')
    for family in FAMILIES:
        if options.names and family.name not in options.names:
            continue
        files[family.name] = make(family, folder, options.full is not None)
        made = {name: module.__version__ for name, module in (('torch', torch), ('onnx', onnx))}
        kept = {family.name: files[family.name] for family in FAMILIES if family.name in files}
        text = json.dumps({'made': {'by': 'test/witness/make-families.py', **made}, 'files': kept}, indent=1)
        figures.write_text(re.sub(r'\[[^][{}]*\]', lambda plain: re.sub(r'\s+', '', plain[0]), text) + '\n')


if __name__ == '__main__':
    main()
