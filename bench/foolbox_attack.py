"""foolbox's LinfPGD on a folder of pictures <class index or name>/…, with PyTorch at its best: frozen weights, all cores.

The pictures are attacked in one batch and written as PNG, as advx writes them. Prints JSON: broken, gradients.
"""
import argparse
import json
import tempfile
from pathlib import Path

import foolbox
import numpy as np
import onnx
import torch
from peers import Net, levels_of, pixels, rounded
from PIL import Image


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument('model', type=Path)
    parser.add_argument('images', type=Path)
    parser.add_argument('--steps', type=int, default=40)
    parser.add_argument('--eps', default='8/255')
    parser.add_argument('--alpha', type=float, default=0.25, help='the size of a step, of eps')
    parser.add_argument('--preprocess', help="a name; the model's own when absent")
    parser.add_argument('--thawed', action='store_true', help='as users run it: gradients of the weights too')
    args = parser.parse_args()
    numerator, _, denominator = args.eps.partition('/')
    eps = float(numerator) / float(denominator or 1)

    metadata = {p.key: p.value for p in onnx.load(args.model).metadata_props}
    names = json.loads(metadata.get('advx.classes', '[]'))
    net = Net(args.model, args.preprocess, frozen=not args.thawed)
    files = sorted(args.images.rglob('*.png'))
    x = pixels(np.stack([levels_of(file) for file in files]))
    y = torch.tensor([names.index(f.parent.name) if names else int(f.parent.name) for f in files])

    model = foolbox.PyTorchModel(net, bounds=(0, 1))
    right = model(x).argmax(1) == y
    attack = foolbox.attacks.LinfPGD(steps=args.steps, rel_stepsize=args.alpha)
    _, adversarial, success = attack(model, x[right], y[right], epsilons=eps)
    with tempfile.TemporaryDirectory() as out:
        for i, levels in enumerate(rounded(adversarial)):
            Image.fromarray(levels[0] if len(levels) == 1 else levels.transpose(1, 2, 0)).save(Path(out) / f'{i}.png')
    print(json.dumps({'broken': int(success.sum()), 'gradients': net.gradients}))


if __name__ == '__main__':
    main()
