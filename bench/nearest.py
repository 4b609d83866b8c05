"""How near the adversarial pictures of other libraries and of advx are: as float32, and as 8-bit files.

    python bench/nearest.py [cifar mnist photos] [--attacks deepfool cw …] [--norms l2 …] [--limit 100] [--data ../shared/data]

with an interpreter as bench/README.md says. Every attack of advx that looks for the nearest picture runs by its defaults,
or as its row says, through the command; those of the others get the pictures that it wrote as clean, of them those classified rightly. Prints
Markdown. A figure is `successes median`, the median over all pictures, an attack that failed being infinitely far.

    as float32   misclassified by PyTorch, for advx with the margin of its contract
    8-bit        after rounding to the nearest levels, as a PNG does; for advx the written file, with the margin
    gradients    of pictures, a picture; for advx those of the search on the lattice apart
"""
import argparse
import json
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch
from peer_attacks import PEERS, Peer
from peers import Net, levels_of, pixels, rounded
from PIL import Image

ROOT = Path(__file__).resolve().parent.parent
NORMS = ('l2', 'linf', 'l1', 'l0')
MANY = 100  # classes, from which on no slope of each of them is asked for


@dataclass(frozen=True)
class Case:
    title: str
    model: str
    preprocess: str
    count: int
    options: dict[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)
    """Of the command, for attacks of ours whose defaults would take too long."""

    def pictures(self, data: Path, limit: int) -> Iterator[tuple[Image.Image | Path, int]]:
        """Pictures, or their files, and labels."""
        for name, stem in (('cifar10', 'cifar10_200'), ('mnist', 'mnist_first1000')):
            if self.model.startswith(name):
                pictures, labels = (np.load(data / 'images' / f'{stem}_{part}.npy')[:limit] for part in 'Xy')
                for x, y in zip(pictures.reshape(len(pictures), *pictures.shape[-3:]), labels):
                    levels = np.rint(x.astype(np.float64) * 255).astype(np.uint8)
                    yield Image.fromarray(levels if levels.shape[2] == 3 else levels.reshape(levels.shape[-2:])), int(y)
                return
        for file in sorted((data / 'images' / 'foolbox').glob('imagenet_*'))[:limit]:
            yield file, int(file.stem.rpartition('_')[2]) + 1  # class 0 is the background


CASES = {
    'cifar': Case('CIFAR-10', 'cifar10-resnet20-akamaster', 'imagenet', 100),
    'mnist': Case('MNIST', 'mnist-8', 'raw', 100),
    'photos': Case('ImageNet, 224 x 224', 'mobilenetv2-1.0-224-tf2-dequant', 'inception', 10,
                   {('cw', 'l2'): ('--rounds', '5', '--steps', '50')}),
}


def write(case: Case, data: Path, limit: int, folder: Path) -> None:
    """The pictures as <label>/<number>."""
    for i, (picture, label) in enumerate(case.pictures(data, limit)):
        place = folder / str(label)
        place.mkdir(parents=True, exist_ok=True)
        if isinstance(picture, Path):
            (place / f'{i:04}{picture.suffix}').write_bytes(picture.read_bytes())
        else:
            picture.save(place / f'{i:04}.png')


def advx(*arguments: object) -> object:
    command = ['node', ROOT / 'bin' / 'advx.js', *arguments, '--json']
    return json.loads(subprocess.run([*map(str, command)], check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout)


def distance(x: np.ndarray, clean: np.ndarray, norm: str) -> np.ndarray:
    """Per picture; L0 counts pixels."""
    d = np.abs(x.astype(np.float64) - clean)
    flat = d.reshape(len(d), -1)
    return {'l2': lambda: np.sqrt((flat**2).sum(1)), 'linf': lambda: flat.max(1), 'l1': lambda: flat.sum(1),
            'l0': lambda: (d.max(1) > 0).sum((1, 2))}[norm]()


def figure(norm: str, successes: np.ndarray, lengths: np.ndarray) -> str:
    median = float(np.median(np.where(successes, lengths, np.inf)))
    text = f'{255 * median:.2f}/255' if norm == 'linf' else f'{median:.1f}' if norm == 'l0' else f'{median:.4g}'
    return f'{int(successes.sum())}, {text if median < np.inf else "-"}'


def row(*cells: object) -> None:
    print('|', ' | '.join(map(str, cells)), '|', flush=True)


def of_peer(peer: Peer, net: Net, clean: np.ndarray, labels: torch.Tensor) -> None:
    norm = peer.ours[1]
    x0 = pixels(clean)
    torch.manual_seed(0)
    net.gradients = 0
    try:
        x = peer.run(net, x0.clone(), labels.clone()).detach()
    except Exception as error:  # theirs: the row says so, the others go on
        row(f'{peer.library} {peer.what}', f'ends with {type(error).__name__}', '', '')
        return
    gradients = net.gradients / len(x0)

    def broken(points: torch.Tensor) -> np.ndarray:
        with torch.no_grad():
            return np.concatenate([(net(p).argmax(1) != y).numpy() for p, y in zip(points.split(50), labels.split(50))])

    levels = rounded(x)
    row(f'{peer.library} {peer.what}', figure(norm, broken(x), distance(x.numpy(), x0.numpy(), norm)),
        figure(norm, broken(pixels(levels)), distance(levels / 255, clean / 255, norm)), f'{gradients:.0f}')


def of_advx(attack: str, norm: str, lines: list[dict]) -> None:
    attacked = [line for line in lines if line['outcome'] in ('adversarial', 'robust')]
    before = [line['beforeRounding'] or {'adversarial': False} for line in attacked]
    floats = figure(norm, np.array([b['adversarial'] for b in before]), np.array([b.get(norm, np.inf) for b in before]))
    written = figure(norm, np.array([line['outcome'] == 'adversarial' for line in attacked]),
                     np.array([(line['distance'] or {}).get(norm, np.inf) for line in attacked]))
    lattice = np.mean([line['lattice']['gradients'] for line in attacked])
    forwards = np.mean([line['forwards'] for line in attacked])
    own = np.mean([line['gradients'] for line in attacked]) - lattice
    row(f'**advx {attack}**', f'**{floats}**', f'**{written}**', f'**{own:.0f} + {lattice:.0f}**, {forwards:.0f} forward')


def compare(name: str, case: Case, data: Path, limit: int, chosen: list[str], norms: list[str], work: Path) -> None:
    model = data / 'onnx' / f'{case.model}.onnx'
    images, out = work / 'images', work / 'out'
    write(case, data, limit, images)
    net = Net(model, case.preprocess)
    nearest = [(norm, attack['name']) for norm in norms for attack in advx('list')
               if 'eps' not in attack['norms'].get(norm, {'eps': 0}) and (not chosen or attack['name'] in chosen)]
    title = None
    for norm, attack in nearest:
        options = case.options.get((attack, norm), ())
        advx('attack', images, '-m', model, '-p', case.preprocess, '-a', attack, '-n', norm, '-o', out, '--force', *options)
        lines = [json.loads(line) for line in (out / 'results.jsonl').read_text().splitlines()]
        right = [line for line in lines if line['clean'] and line['clean']['class'] == line['label']]
        clean = np.stack([levels_of(out / 'clean' / Path(line['image']).with_suffix('.png')) for line in right])
        labels = torch.tensor([line['label'] for line in right])
        if title is None:
            print(f'\n### {case.title}: {case.model}, {len(right)} of {len(lines)} pictures classified rightly', flush=True)
        if title != norm:
            print(f'\n| {norm.capitalize()} | as float32 | 8-bit | gradients |\n|---|---|---|---|', flush=True)
        title = norm
        for peer in PEERS:
            if peer.cases and name not in peer.cases:
                continue
            if peer.ours == (attack, norm) and not (peer.every_class and net(pixels(clean[:1])).shape[1] > MANY):
                of_peer(peer, net, clean, labels)
        of_advx(' '.join((attack, *options)), norm, lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('cases', nargs='*', help=f'of {", ".join(CASES)}; default: all')
    parser.add_argument('--attacks', nargs='+', default=[], help='names of ours; default: all that look for the nearest')
    parser.add_argument('--norms', nargs='+', choices=NORMS, default=NORMS)
    parser.add_argument('--limit', type=int, help='pictures of each case')
    parser.add_argument('--data', type=Path, default=ROOT.parent / 'shared' / 'data')
    args = parser.parse_args()
    torch.set_num_threads(1)  # nothing is timed
    if unknown := set(args.cases) - set(CASES):
        parser.error(f'expected some of {", ".join(CASES)} but got {", ".join(sorted(unknown))}')
    for name in args.cases or CASES:
        with tempfile.TemporaryDirectory() as work:
            compare(name, CASES[name], args.data, args.limit or CASES[name].count, args.attacks, args.norms, Path(work))


if __name__ == '__main__':
    main()
