"""How many pictures Square breaks within a budget, and with how many queries: torchattacks, ART and advx.

    python bench/square.py [--queries 500] [--limit 100] [--data ../shared/data]

with an interpreter as bench/README.md says. The CIFAR-10 model and pictures of nearest.py, those classified rightly. Prints
Markdown: the pictures that are misclassified as float32; as 8-bit, rounded to the nearest levels, of these those inside the
ball; and the mean number of pictures that the model was asked about for each.
"""
import argparse
import json
import tempfile
from pathlib import Path

import numpy as np
import torch
import torchattacks
from art.attacks.evasion import SquareAttack
from nearest import CASES, ROOT, advx, distance, row, write
from peer_attacks import of_art, of_torchattacks
from peers import Net, levels_of, pixels, rounded

BUDGETS = (('linf', 1 / 255), ('linf', 2 / 255), ('l2', 0.25))


class Asked(Net):
    """Counts the pictures that it is asked about."""

    queries = 0

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        self.queries += len(x)
        return super().forward(x)


def of_peer(library: str, net: Asked, clean: np.ndarray, labels: torch.Tensor, norm: str, eps: float, queries: int) -> None:
    order = {'linf': np.inf, 'l2': 2}[norm]
    attack = of_torchattacks(torchattacks.Square, norm=norm.capitalize(), eps=eps, n_queries=queries) \
        if library == 'torchattacks' else of_art(SquareAttack, norm=order, eps=eps, max_iter=queries)
    torch.manual_seed(0)
    np.random.seed(0)
    net.queries = 0
    with torch.no_grad():
        x = attack(net, pixels(clean), labels.clone()).detach()
        asked = net.queries / len(clean)
        broken, levels = net(x).argmax(1) != labels, rounded(x)
        written = (net(pixels(levels)).argmax(1) != labels).numpy()
    inside = distance(levels / 255, clean / 255, norm) <= eps * (1 + 1e-9)
    row(f'{library} Square', int(broken.sum()), int((written & inside).sum()), f'{asked:.0f}')


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--queries', type=int, default=500)
    parser.add_argument('--limit', type=int, default=100, help='pictures')
    parser.add_argument('--data', type=Path, default=ROOT.parent / 'shared' / 'data')
    args = parser.parse_args()
    torch.set_num_threads(1)  # nothing is timed
    case = CASES['cifar']
    with tempfile.TemporaryDirectory() as work:
        images, out, model = Path(work) / 'images', Path(work) / 'out', args.data / 'onnx' / f'{case.model}.onnx'
        write(case, args.data, args.limit, images)
        net = Asked(model, case.preprocess)
        for norm, eps in BUDGETS:
            advx('attack', images, '-m', model, '-p', case.preprocess, '-a', 'square', '-n', norm, '-e', eps, '--queries', args.queries,
                 '-o', out, '--force')
            lines = [json.loads(line) for line in (out / 'results.jsonl').read_text().splitlines()]
            lines = [line for line in lines if line['outcome'] in ('adversarial', 'robust')]
            clean = np.stack([levels_of(out / 'clean' / Path(line['image']).with_suffix('.png')) for line in lines])
            labels = torch.tensor([line['label'] for line in lines])
            budget = f'{255 * eps:.0f}/255' if norm == 'linf' else eps
            print(f'\n| {norm.capitalize()} {budget}, {args.queries} queries, of {len(lines)} | as float32 | 8-bit | queries |\n|---|---|---|---|')
            for library in ('torchattacks', 'ART'):
                of_peer(library, net, clean, labels, norm, eps, args.queries)
            row('**advx square**', f'**{sum(line["beforeRounding"]["adversarial"] for line in lines)}**',
                f'**{sum(line["outcome"] == "adversarial" for line in lines)}**',
                f'**{np.mean([line["forwards"] for line in lines]):.0f}**')


if __name__ == '__main__':
    main()
