"""The first pictures of two arrays X [N, H, W, C] in 0..1 and y [N] as 8-bit PNG, FOLDER/<class index>/<number>.png.

    cifar_pictures.py X.npy y.npy COUNT FOLDER
"""
import sys
from pathlib import Path

import numpy as np
from PIL import Image


def main() -> None:
    images, labels, count, folder = sys.argv[1:]
    pairs = zip(np.load(images)[: int(count)], np.load(labels), strict=False)
    for i, (x, label) in enumerate(pairs):
        file = Path(folder) / str(label) / f'{i:04}.png'
        file.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(np.rint(x * 255).astype(np.uint8)).save(file)


if __name__ == '__main__':
    main()
