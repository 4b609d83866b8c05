"""foolbox's LinfPGD on a folder of pictures <class index or name>/…, with PyTorch at its best: frozen weights, all cores.

The pictures are attacked in one batch and written as PNG, as advx writes them. Prints JSON: broken, gradients.
"""
import argparse
import importlib.util
import json
import tempfile
from pathlib import Path

import foolbox
import numpy as np
import onnx
import torch
from PIL import Image

WITNESS = Path(__file__).resolve().parent.parent / 'test' / 'witness' / 'make-figures.py'
spec = importlib.util.spec_from_file_location('witness', WITNESS)
witness = importlib.util.module_from_spec(spec)
spec.loader.exec_module(witness)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument('model', type=Path)
    parser.add_argument('images', type=Path)
    parser.add_argument('--steps', type=int, default=40)
    parser.add_argument('--eps', default='8/255')
    parser.add_argument('--preprocess', choices=['unit', 'imagenet'])
    parser.add_argument('--thawed', action='store_true', help='as users run it: gradients of the weights too')
    args = parser.parse_args()
    numerator, _, denominator = args.eps.partition('/')
    eps = float(numerator) / float(denominator or 1)

    metadata = {p.key: p.value for p in onnx.load(args.model).metadata_props}
    names = json.loads(metadata.get('advx.classes', '[]'))
    mean, std = {'unit': ((0.0,), (1.0,)), 'imagenet': witness.IMAGENET}.get(args.preprocess, ((0.0,), (1.0,)))
    if args.preprocess is None and 'advx.preprocessing' in metadata:
        config = json.loads(metadata['advx.preprocessing'])
        mean, std = tuple(config['image_mean']), tuple(config['image_std'])
    net = witness.OnnxNet(args.model, mean, std).eval().requires_grad_(args.thawed)
    files = sorted(args.images.rglob('*.png'))
    planes = [np.asarray(Image.open(f)) for f in files]
    x = torch.tensor(np.stack([p[None] if p.ndim == 2 else p.transpose(2, 0, 1) for p in planes]) / 255, dtype=torch.float32)
    y = torch.tensor([names.index(f.parent.name) if names else int(f.parent.name) for f in files])

    model = foolbox.PyTorchModel(net, bounds=(0, 1))
    right = model(x).argmax(1) == y
    attack = foolbox.attacks.LinfPGD(steps=args.steps)
    _, adversarial, success = attack(model, x[right], y[right], epsilons=eps)
    with tempfile.TemporaryDirectory() as out:
        for i, a in enumerate((adversarial * 255).round().byte().numpy()):
            Image.fromarray(a[0] if a.shape[0] == 1 else a.transpose(1, 2, 0)).save(Path(out) / f'{i}.png')
    print(json.dumps({'broken': int(success.sum()), 'gradients': int(right.sum()) * args.steps}))


if __name__ == '__main__':
    main()
