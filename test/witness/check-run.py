"""Check a finished `advx attack` run without advx: re-read each picture, run the model as it was given, recompute.

    pip install onnx onnxruntime numpy pillow
    python test/witness/check-run.py <out> <model.onnx> [--preprocess unit|imagenet|inception|caffe|raw|file.json]

Every line of results.jsonl is compared with what Pillow and ONNX Runtime say about clean/...png and the written file:
classes, confidences, outcome, distances, budget, sizes, sha256, paths. With --images, also against the source pictures.
Prints each difference with its picture and a summary. Exit 1 when anything differs, 2 on wrong use.
"""
import argparse
import collections
import hashlib
import json
import math
import sys
from pathlib import Path, PurePosixPath

import numpy as np
from original_model import Model, confidence, margin
from PIL import Image

CONFIDENCE = 1e-3  # absolute
DISTANCE = 1e-12  # relative
SLACK = 1e-9  # of a budget, in pixel units
MARGIN = 1e-3  # adversarial by at least MARGIN * max(1, max|logit|)
RUNTIMES = 2e-5  # by which logits of two runtimes may differ, relative to max(1, max|logit|)

FIELDS = {'image', 'sha256', 'attack', 'norm', 'eps', 'target', 'label', 'labelFrom', 'clean', 'outcome', 'adversarial',
          'distance', 'beforeRounding', 'gradients', 'forwards', 'file', 'fileSha256'}
REPORTS = ('.json', '.html', '.csv', '.xml', '.md')
OUTCOMES = ('adversarial', 'robust', 'misclassified', 'skipped', 'failed')

def distances(levels: np.ndarray, clean: np.ndarray) -> dict[str, float]:
    d = np.abs(levels.astype(np.int64) - clean.astype(np.int64))
    return {'linf': int(d.max()) / 255, 'l2': math.sqrt(int((d * d).sum())) / 255, 'l1': int(d.sum()) / 255,
            'l0': int((d.max(2) > 0).sum())}


def inside(distance: dict[str, float], norm: str, eps: float) -> bool:
    if norm == 'linf':
        return round(distance['linf'] * 255) <= math.floor(255 * eps + SLACK)
    return distance[norm] <= eps + SLACK


def close(a, b, relative: float) -> bool:
    return isinstance(a, (int, float)) and not isinstance(a, bool) and abs(a - b) <= relative * max(abs(a), abs(b))


def read(path: Path) -> np.ndarray:
    """Levels [H, W, C] of an 8-bit PNG, grey or RGB, exactly as stored."""
    with Image.open(path) as picture:
        if picture.format != 'PNG' or picture.mode not in ('L', 'RGB'):
            raise ValueError(f'{path.name}: expected an 8-bit grey or RGB PNG, got {picture.format} {picture.mode}')
        levels = np.asarray(picture)
    return levels[:, :, None] if levels.ndim == 2 else levels


class Run:
    def __init__(self, out: Path, model: Model, sha256: str, images: Path | None) -> None:
        self.out, self.model, self.sha256, self.images = out, model, sha256, images
        self.classes = json.loads(model.properties['advx.classes']) if 'advx.classes' in model.properties else None
        self.faults: list[str] = []
        self.used: set[str] = {'plan.json', 'results.jsonl', 'report.json', 'report.html', 'report.md', 'report.csv'}
        self.counts: collections.Counter = collections.Counter()
        self.owner: dict[str, str] = {}
        self.sources: set[str] = set()

    def fault(self, where: str, what: str) -> None:
        self.faults.append(f'{where}: {what}')

    def expect(self, where: str, what: str, got, expected, same=None) -> bool:
        ok = got == expected if same is None else same
        if not ok:
            self.fault(where, f'{what} is {got!r}, expected {expected!r}')
        return ok

    def png_name(self, image: str) -> str:
        """What a picture's PNG is called: a.jpg gives a.png, or a.jpg.png where a.png would have two sources."""
        kept = f'{image}.png'
        if kept not in self.sources and (self.out / 'clean' / kept).is_file():
            return kept
        return str(PurePosixPath(image).with_suffix('.png'))

    def clean_picture(self, where: str, image: str) -> np.ndarray | None:
        name = self.png_name(image)
        path = self.out / 'clean' / name
        if not path.is_file():
            return self.fault(where, f'no clean picture clean/{name}')
        if self.owner.setdefault(name, image) != image:
            self.fault(where, f'clean/{name} is also the picture of {self.owner[name]!r}')
        self.used.add(f'clean/{name}')
        levels = read(path)
        self.expect(where, 'the channels of the clean picture', levels.shape[2], self.model.channels)
        if self.model.size is not None:
            self.expect(where, 'the size of the clean picture', levels.shape[:2], self.model.size)
        return levels

    def check_source(self, where: str, line: dict, clean: np.ndarray | None) -> None:
        source = self.images / line['image']
        if not source.is_file():
            return self.fault(where, f'no source picture {source}')
        self.expect(where, 'sha256', line['sha256'], hashlib.sha256(source.read_bytes()).hexdigest())
        with Image.open(source) as picture:
            plain = picture.format == 'PNG' and picture.mode in ('L', 'RGB') and 'icc_profile' not in picture.info
            levels = np.asarray(picture)
        levels = levels[:, :, None] if levels.ndim == 2 else levels
        if plain and clean is not None and levels.shape == clean.shape and not np.array_equal(levels, clean):
            self.fault(where, 'the clean picture differs from its source, which needs no change')

    def check(self, number: int, line: dict) -> None:
        where = f'line {number}, {line.get("image")!r}, {line.get("attack")} {line.get("norm")} {line.get("eps")}'
        missing = FIELDS - line.keys()
        if missing:
            return self.fault(where, f'missing {", ".join(sorted(missing))}')
        if line['outcome'] not in OUTCOMES:
            return self.fault(where, f'unknown outcome {line["outcome"]!r}')
        self.counts[line['outcome']] += 1
        if line['outcome'] == 'failed':
            self.expect(where, 'error', line.get('error'), 'a text', bool(line.get('error')))
            return self.check_nothing(where, line)
        clean = self.clean_picture(where, line['image'])
        if self.images is not None:
            self.check_source(where, line, clean)
        if clean is None:
            return
        scores = self.model.scores(clean)
        self.check_class(where, 'clean', line['clean'], scores)
        self.check_label(where, line)
        target = line['target']
        if target == 'least-likely':
            target = int(scores.argmin())
        if target is not None and not (isinstance(target, int) and 0 <= target < len(scores)):
            return self.fault(where, f'target {target!r} is not one of {len(scores)} classes')
        self.check_outcome(where, line, clean, target)

    def check_class(self, where: str, what: str, got: dict, scores: np.ndarray) -> None:
        """Two classes whose logits agree to the rounding of two runtimes may change places."""
        best, index = float(scores.max()), got.get('class')
        if not (isinstance(index, int) and 0 <= index < len(scores)):
            return self.fault(where, f'{what} class {index!r} is not one of {len(scores)}')
        tie = best - scores[index] <= RUNTIMES * max(1, np.abs(scores).max())
        self.expect(where, f'{what} class', index, int(scores.argmax()), tie)
        p = confidence(scores)
        value = got.get('confidence')
        ok = isinstance(value, (int, float)) and abs(value - p) <= CONFIDENCE
        self.expect(where, f'{what} confidence', value, p, ok)

    def check_label(self, where: str, line: dict) -> None:
        if line['labelFrom'] == 'prediction':
            self.expect(where, 'label from prediction', line['label'], line['clean']['class'])
        elif line['labelFrom'] == 'folder':
            folder = PurePosixPath(line['image']).parent.name
            if self.classes and folder in self.classes:
                self.expect(where, 'label from folder', line['label'], self.classes.index(folder))
            elif folder.isdigit():
                self.expect(where, 'label from folder', line['label'], int(folder))

    def check_outcome(self, where: str, line: dict, clean: np.ndarray, target: int | None) -> None:
        outcome, label, predicted = line['outcome'], line['label'], line['clean']['class']
        if outcome in ('misclassified', 'skipped'):
            reason = predicted != label if outcome == 'misclassified' else predicted == target
            self.expect(where, 'outcome', outcome, 'something else', reason)
            return self.check_nothing(where, line)
        self.expect(where, f'clean class of a picture that was attacked ({outcome})', predicted, label)
        if target is not None and predicted == target:
            self.fault(where, 'is the target already, and was attacked')
        if line['file'] is None:
            if outcome == 'adversarial':
                self.fault(where, 'adversarial without a file')
            return self.check_nothing(where, line)
        levels = self.check_file(where, line, clean)
        if levels is None:
            return
        scores, distance = self.model.scores(levels), distances(levels, clean)
        for norm, expected in distance.items():
            got = (line['distance'] or {}).get(norm)
            self.expect(where, f'distance {norm}', got, expected, close(got, expected, DISTANCE))
        within = line['eps'] is None or inside(distance, line['norm'], line['eps'])
        lead = margin(scores, label, target)
        size = max(1, float(np.abs(scores).max()))
        # After a Softmax the size of the logits is unknown: a margin between these two is then neither right nor wrong.
        needed = MARGIN if self.model.softmax else MARGIN * size
        slack = RUNTIMES * size
        if outcome == 'adversarial':
            self.expect(where, 'outcome', outcome, f'robust: the written file has a margin of {lead:.3g}',
                        lead >= needed - slack)
            self.expect(where, 'outcome', outcome, f'robust: outside the budget, {distance}', within)
        elif within and lead >= (10 * MARGIN * size if self.model.softmax else needed + slack):
            self.fault(where, f'called robust, but its file is adversarial by {lead:.3g} inside the budget')
        if line['adversarial'] is not None:
            self.check_class(where, 'adversarial', line['adversarial'], scores)
        elif outcome == 'adversarial':
            self.fault(where, 'adversarial without its class')
        before = line['beforeRounding']
        if outcome == 'adversarial' and not (isinstance(before, dict) and isinstance(before.get('adversarial'), bool)):
            self.fault(where, f'beforeRounding is {before!r}')

    def check_file(self, where: str, line: dict, clean: np.ndarray) -> np.ndarray | None:
        name = line['file']
        folder, _, below = name.partition('/')
        mine = folder == line['attack'] or folder.startswith(f'{line["attack"]}@')
        expected = self.png_name(line['image'])
        self.expect(where, 'file', name, f'{line["attack"]}/{expected}', mine and below == expected)
        path = self.out / name
        if '..' in PurePosixPath(name).parts or not path.is_file():
            return self.fault(where, f'no file {name}')
        if name in self.used:
            self.fault(where, f'{name} belongs to two lines')
        self.used.add(name)
        self.expect(where, 'fileSha256', line['fileSha256'], hashlib.sha256(path.read_bytes()).hexdigest())
        levels = read(path)
        return levels if self.expect(where, 'the shape of the written picture', levels.shape, clean.shape) else None

    def check_nothing(self, where: str, line: dict) -> None:
        for field in ('adversarial', 'distance', 'file', 'fileSha256'):
            self.expect(where, f'{field} of a {line["outcome"]} picture without a file', line[field], None)

    def check_all(self) -> None:
        text = (self.out / 'results.jsonl').read_text(encoding='utf-8')
        if text and not text.endswith('\n'):
            self.fault('results.jsonl', 'the last line is torn')
        lines = [json.loads(part) for part in text.split('\n') if part]
        self.sources = {str(line.get('image')) for line in lines}
        for number, line in enumerate(lines, 1):
            try:
                self.check(number, line)
            except (ValueError, KeyError, TypeError, OSError) as error:
                self.fault(f'line {number}, {line.get("image")!r}', f'{type(error).__name__}: {error}')
        self.check_order(lines)
        self.check_plan()
        self.check_report(lines)
        for path in sorted(self.out.rglob('*')):
            name = path.relative_to(self.out).as_posix()
            if path.is_file() and name not in self.used and path.suffix not in REPORTS:
                self.fault(name, 'a file that no line names')

    def check_order(self, lines: list[dict]) -> None:
        """By attack and eps in the plan's order, and within these by path, by UTF-16 code unit; nothing twice."""
        groups = [(line.get('attack'), line.get('norm'), line.get('eps')) for line in lines]
        keys = [(group, line.get('image')) for group, line in zip(groups, lines)]
        for key, count in collections.Counter(keys).items():
            if count > 1:
                self.fault('results.jsonl', f'{count} lines for {key}')
        runs = [group for i, group in enumerate(groups) if i == 0 or groups[i - 1] != group]
        if len(runs) != len(set(runs)):
            self.fault('results.jsonl', f'attacks and budgets are mixed: {runs}')
        for (group, before), (other, after) in zip(keys, keys[1:]):
            if group == other and before.encode('utf-16-be') >= after.encode('utf-16-be'):
                self.fault('results.jsonl', f'{after!r} after {before!r}')
        if len({tuple(sorted(image for g, image in keys if g == group)) for group in set(groups)}) > 1:
            self.fault('results.jsonl', 'the attacks have not seen the same pictures')

    def check_plan(self) -> None:
        plan = json.loads((self.out / 'plan.json').read_text(encoding='utf-8'))
        model = plan.get('model') if isinstance(plan, dict) else None
        if isinstance(model, dict) and 'sha256' in model:
            self.expect('plan.json', 'the model', model['sha256'], self.sha256)

    def check_report(self, lines: list[dict]) -> None:
        """The counts that need no interpretation, where there is a report.json."""
        path = self.out / 'report.json'
        if not path.exists() or not lines:
            return
        report = json.loads(path.read_text(encoding='utf-8'))
        of = collections.defaultdict(dict)
        for line in lines:
            of[line['image']][(line['attack'], line['norm'], line['eps'])] = line['outcome']
        outcomes = [set(each.values()) for each in of.values()]
        self.expect('report.json', 'model.sha256', report['model']['sha256'], self.sha256)
        self.expect('report.json', 'images.found', report['images']['found'], len(of))
        self.expect('report.json', 'images.failed', report['images']['failed'], sum('failed' in o for o in outcomes))
        self.expect('report.json', 'images.misclassified', report['images']['misclassified'],
                    sum('misclassified' in o for o in outcomes))
        attacked = [o for o in outcomes if o & {'adversarial', 'robust'}]
        self.expect('report.json', 'images.attacked', report['images']['attacked'], len(attacked))
        for entry in report['attacks']:
            mine = [line['outcome'] for line in lines
                    if (line['attack'], line['norm'], line['eps']) == (entry['name'], entry['norm'], entry['eps'])]
            broken = mine.count('adversarial')
            tried = broken + mine.count('robust')
            value = (entry.get('success') or {}).get('value')
            if tried:
                share = broken / tried
                self.expect('report.json', f'success of {entry["name"]}', value, share, close(value, share, 1e-9))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('out', type=Path)
    parser.add_argument('model', type=Path)
    parser.add_argument('--preprocess', help='as given to advx; else the file beside the model, its metadata, or unit')
    parser.add_argument('--images', type=Path, help='the root of the source pictures, to check these too')
    options = parser.parse_args()
    for path in (options.out / 'results.jsonl', options.out / 'plan.json', options.model):
        if not path.is_file():
            print(f'no file {path}', file=sys.stderr)
            return 2
    sha256 = hashlib.sha256(options.model.read_bytes()).hexdigest()
    run = Run(options.out, Model(options.model, options.preprocess), sha256, options.images)
    run.check_all()
    for fault in run.faults:
        print(ascii(fault)[1:-1])  # names may hold control characters
    counts = ', '.join(f'{run.counts[name]} {name}' for name in OUTCOMES if run.counts[name])
    print(f'{sum(run.counts.values())} lines ({counts}): {len(run.faults)} differences')
    return 1 if run.faults else 0


if __name__ == '__main__':
    sys.exit(main())
