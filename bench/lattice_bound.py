"""How near an 8-bit picture can be, beside how near advx writes one: the model linearised at each written picture.

    python bench/lattice_bound.py [cifar photos] [--attack deepfool] [--limit 10] [--data ../shared/data]

with an interpreter as bench/README.md says, on the pictures of nearest.py, in L2. Of a linear lead g·(x - x0) - b the nearest
point as real numbers is b / |g| away; the nearest 8-bit picture takes the steps that gain most of g for what they add to the
squared distance. Prints Markdown: medians over the pictures, and over the ratios of the two lengths.
"""
import argparse
import json
import tempfile
from pathlib import Path

import numpy as np
import torch
from nearest import CASES, ROOT, advx, row, write
from peers import Net, levels_of, pixels

LEAD = 1e-3  # of the largest logit: what a lead must be to count


def lead_of(net: Net, levels: np.ndarray, label: int) -> tuple[float, np.ndarray]:
    """The lead of the best other class over the label, less what counts, and its gradient, for pixels in 0..1."""
    x = pixels(levels)[None].requires_grad_(True)
    z = net(x)[0]
    lead = torch.cat([z[:label], z[label + 1:]]).max() - z[label]
    (g,) = torch.autograd.grad(lead, x)
    return float(lead.detach()) - LEAD * max(1, float(z.detach().abs().max())), g[0].numpy().astype(np.float64)


def shortest(g: np.ndarray, clean: np.ndarray, needed: float) -> float:
    """Least L2 length of whole levels, inside the box, that gains `needed`: step m of a value costs m^2 - (m - 1)^2."""
    room = np.where(g > 0, 255 - clean.astype(int), clean)
    gains, costs = [], []
    for m in range(1, 9):
        free = room >= m
        gains.append(np.abs(g[free]) / 255)
        costs.append(np.full(int(free.sum()), 2 * m - 1))
    gain, cost = np.concatenate(gains), np.concatenate(costs)
    order = np.argsort(-gain / cost, kind='stable')
    count = int(np.searchsorted(np.cumsum(gain[order]), needed)) + 1
    return float(np.sqrt(cost[order][:count].sum())) / 255


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('cases', nargs='*', choices=[*CASES, []], help='default: cifar photos')
    parser.add_argument('--attack', default='deepfool')
    parser.add_argument('--limit', type=int, help='pictures of each case')
    parser.add_argument('--data', type=Path, default=ROOT.parent / 'shared' / 'data')
    args = parser.parse_args()
    torch.set_num_threads(1)  # nothing is timed
    print(f'| {args.attack}, L2 | as float32 | written | linear: real numbers | linear: 8-bit | ratio of these |\n|---|---|---|---|---|---|')
    for name in args.cases or ('cifar', 'photos'):
        case = CASES[name]
        with tempfile.TemporaryDirectory() as work:
            images, out, model = Path(work) / 'images', Path(work) / 'out', args.data / 'onnx' / f'{case.model}.onnx'
            write(case, args.data, args.limit or case.count, images)
            net = Net(model, case.preprocess)
            advx('attack', images, '-m', model, '-p', case.preprocess, '-a', args.attack, '-n', 'l2', '-o', out, '--force')
            lines = [json.loads(line) for line in (out / 'results.jsonl').read_text().splitlines()]
            figures = []
            for line in (line for line in lines if line['outcome'] == 'adversarial'):
                clean = levels_of(out / 'clean' / Path(line['image']).with_suffix('.png'))
                written = levels_of(out / line['file'])
                lead, g = lead_of(net, written, line['label'])
                needed = float((g * (written.astype(int) - clean)).sum()) / 255 - lead
                figures.append((line['beforeRounding']['l2'], line['distance']['l2'], needed / np.linalg.norm(g), shortest(g, clean, needed)))
            all_of = np.array(figures)
            row(f'{case.title}, {len(figures)} pictures', *(f'{v:.4g}' for v in np.median(all_of, 0)), f'{np.median(all_of[:, 3] / all_of[:, 2]):.2f}')


if __name__ == '__main__':
    main()
