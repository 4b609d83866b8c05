"""Pictures and projections that Python and TypeScript compute alike, in whole numbers: families.ts has the same."""
import numpy as np

WAVES = 3


def uniform(seed: int, count: int) -> np.ndarray:
    """The first `count` numbers of mulberry32, in [0, 1): `uniform` of test/support/values.ts."""
    with np.errstate(over='ignore'):
        start = np.uint32((seed + 1) * 0x9E3779B9 & 0xFFFFFFFF)
        state = start + np.uint32(0x6D2B79F5) * np.arange(1, count + 1, dtype=np.uint32)
        t = (state ^ (state >> np.uint32(15))) * (state | np.uint32(1))
        t ^= t + (t ^ (t >> np.uint32(7))) * (t | np.uint32(61))
        return (t ^ (t >> np.uint32(14))).astype(np.float64) / 2**32


def picture(seed: int, size: int) -> np.ndarray:
    """Levels [3, size, size]: in each channel the mean of three triangular waves, with noise of up to 16 levels."""
    drawn = uniform(seed, 9 * WAVES + 3 * size * size)
    y, x = np.mgrid[:size, :size]
    levels = np.zeros((3, size, size), dtype=np.int64)
    for c in range(3):
        for w in range(WAVES):
            a, b, phase = drawn[3 * (WAVES * c + w):][:3]
            along = (int(13 * a) - 6) * y + (int(13 * b) - 6) * x
            levels[c] += np.abs((along * 256 // size + int(512 * phase)) % 512 - 256)
    noise = np.floor(33 * drawn[9 * WAVES:]).astype(np.int64).reshape(levels.shape) - 16
    return np.clip(levels // WAVES + noise, 0, 255).astype(np.uint8)


def projections(values: np.ndarray, count: int = 64) -> list[float]:
    """
    Sums of the values with random signs. For a difference d of two arrays the mean of the squares of such sums of d is
    about ‖d‖²: with 64 of them ‖d‖ is known to 9 %, and no array has to be stored.
    """
    flat = values.astype(np.float64).ravel()
    return [float(flat @ np.where(uniform(1000 + j, flat.size) < 0.5, -1.0, 1.0)) for j in range(count)]
