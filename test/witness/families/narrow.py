"""A published architecture made small: its layers with fewer channels, its repeated units once."""
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from unittest import mock

from torch import nn


@contextmanager
def narrowed(by: int, kept: tuple[int, ...] = (3, 10)) -> Iterator[None]:
    """
    Layers made inside have a `by`-th of their channels, but for the `kept` numbers: colours and classes. All channel
    counts of the architecture have to be multiples of `by`, so that sums of them stay what they are.
    """
    def fewer(channels: int) -> int:
        if channels in kept:
            return channels
        if channels % by:
            raise ValueError(f'{channels} channels are no multiple of {by}')
        return channels // by

    class Conv2d(nn.Conv2d):
        def __init__(self, in_channels, out_channels, *args, groups=1, **kwargs):  # type: ignore[no-untyped-def]
            grouped = fewer(groups) if groups == in_channels else groups
            super().__init__(fewer(in_channels), fewer(out_channels), *args, groups=grouped, **kwargs)

    class BatchNorm2d(nn.BatchNorm2d):
        def __init__(self, num_features, *args, **kwargs):  # type: ignore[no-untyped-def]
            super().__init__(fewer(num_features), *args, **kwargs)

    class Linear(nn.Linear):
        def __init__(self, in_features, out_features, *args, **kwargs):  # type: ignore[no-untyped-def]
            super().__init__(fewer(in_features), fewer(out_features), *args, **kwargs)

    with mock.patch.multiple(nn, Conv2d=Conv2d, BatchNorm2d=BatchNorm2d, Linear=Linear):
        yield


def thin(make: Callable[[], nn.Module], by: int) -> nn.Module:
    with narrowed(by):
        return make()


def shortened(net: nn.Module, *units: int) -> nn.Module:
    """The first units of each stage of `net.features` alone."""
    for i, count in enumerate(units):
        stage = getattr(net.features, f'stage{i + 1}')
        for name in list(stage._modules)[count:]:
            del stage._modules[name]
    return net


def pooling(net: nn.Module, size: int) -> nn.Module:
    """Its last pooling over the whole of a smaller map: it is made for pictures of 224 pixels or more."""
    last = [m for m in net.modules() if isinstance(m, nn.AvgPool2d)][-1]
    last.kernel_size = size
    return net
