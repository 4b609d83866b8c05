"""One attack of another library on a folder <class index>/…, in one batch, with PyTorch at its best: frozen weights, all cores.

Prints JSON: `attack` and `cpu`, the seconds of the attack alone, by the clock and of all cores; `broken` and `median` as float32, a failure being infinitely far;
`changed`, the pixels that moved. The pictures are written as PNG, as advx writes them.
"""
import argparse
import json
import tempfile
import time
from pathlib import Path

import numpy as np
import torch
from peers import Net, levels_of, pixels, rounded
from PIL import Image


def foolbox_attack(name: str, steps: int):
    import foolbox

    attack = {'deepfool': lambda: foolbox.attacks.L2DeepFoolAttack(steps=steps), 'ddn': lambda: foolbox.attacks.DDNAttack(steps=steps),
              'cw': lambda: foolbox.attacks.L2CarliniWagnerAttack(binary_search_steps=9, steps=steps)}[name]()
    return lambda net, x, y: attack(foolbox.PyTorchModel(net, bounds=(0, 1), device='cpu'), x, y, epsilons=None)[0]


def torchattacks_attack(name: str, steps: int):
    import torchattacks

    kind = {'deepfool': torchattacks.DeepFool, 'cw': torchattacks.CW}[name]
    return lambda net, x, y: kind(net, steps=steps)(x, y)


def art_attack(name: str, steps: int):
    """JSMA towards the likeliest other class; it has no number of steps."""
    from art.attacks.evasion import SaliencyMapMethod
    from art.estimators.classification import PyTorchClassifier

    if name != 'jsma':
        raise SystemExit(f'expected jsma of art but got {name}')

    def run(net: Net, x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
        scores = net(x).detach().scatter(1, y[:, None], -torch.inf)
        model = PyTorchClassifier(net, torch.nn.CrossEntropyLoss(), tuple(x.shape[1:]), scores.shape[1], clip_values=(0, 1))
        attack = SaliencyMapMethod(model, theta=1.0, gamma=0.145, verbose=False)
        return torch.from_numpy(attack.generate(x.numpy(), y=np.eye(scores.shape[1])[scores.argmax(1)]))

    return run


LIBRARIES = {'foolbox': foolbox_attack, 'torchattacks': torchattacks_attack, 'art': art_attack}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('library', choices=LIBRARIES)
    parser.add_argument('attack')
    parser.add_argument('model', type=Path)
    parser.add_argument('images', type=Path)
    parser.add_argument('--preprocess', default='unit')
    parser.add_argument('--steps', type=int, default=100)
    parser.add_argument('--limit', type=int)
    parser.add_argument('--threads', type=int, help='all cores when absent')
    parser.add_argument('--thawed', action='store_true', help='as users run it: gradients of the weights too')
    args = parser.parse_args()

    if args.threads:
        torch.set_num_threads(args.threads)
    run = LIBRARIES[args.library](args.attack, args.steps)
    net = Net(args.model, args.preprocess, frozen=not args.thawed)
    files = sorted(args.images.rglob('*.png'))[: args.limit]
    x0 = pixels(np.stack([levels_of(file) for file in files]))
    y = torch.tensor([int(file.parent.name) for file in files])
    with torch.no_grad():
        right = net(x0).argmax(1) == y
    x0, y = x0[right], y[right]
    torch.autograd.grad(net(x0.requires_grad_()).sum(), x0)  # the first gradient prepares the others
    x0 = x0.detach()
    began, busy = time.perf_counter(), time.process_time()
    x = run(net, x0, y).detach()
    seconds, cpu = time.perf_counter() - began, time.process_time() - busy
    with tempfile.TemporaryDirectory() as out:
        for i, levels in enumerate(rounded(x)):
            Image.fromarray(levels[0] if len(levels) == 1 else levels.transpose(1, 2, 0)).save(Path(out) / f'{i}.png')
    with torch.no_grad():
        broken = net(x).argmax(1) != y
    lengths = torch.where(broken, (x - x0).flatten(1).norm(dim=1), torch.inf)
    median = float(lengths.median())
    print(json.dumps({'attack': seconds, 'cpu': cpu, 'broken': int(broken.sum()), 'median': median if median < np.inf else None,
                      'changed': int((x != x0).any(1).sum())}))


if __name__ == '__main__':
    main()
