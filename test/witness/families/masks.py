"""
Which way every ReLU turns, taken from float64 and written into a file. Among the 10⁷ values of a large network some are
so near 0 that float32 has them on the other side, and a single one moves the whole gradient: two programs can be compared
to the last digits only where both are told the same ways.
"""
import numpy as np
import onnx
import torch
from onnx import helper, numpy_helper
from torch.utils._python_dispatch import TorchDispatchMode

ATEN = torch.ops.aten


class Bends(TorchDispatchMode):
    """Records, in order, the inputs of ReLUs with the limits between which each lets them pass."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[tuple[torch.Tensor, float, float]] = []

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):  # type: ignore[no-untyped-def]
        if func in (ATEN.relu.default, ATEN.relu_.default):
            self.seen.append((args[0].clone(), 0.0, np.inf))
        elif func in (ATEN.hardtanh.default, ATEN.hardtanh_.default, ATEN.clamp.default, ATEN.clamp_.default):
            self.seen.append((args[0].clone(), *[float(limit) for limit in args[1:3]]))
        return func(*args, **(kwargs or {}))


def bends(net: torch.nn.Module, x: torch.Tensor) -> list[tuple[torch.Tensor, float, float]]:
    with torch.no_grad(), Bends() as mode:
        net(x)
    return mode.seen


def once(seen: list[tuple[torch.Tensor, float, float]]) -> list[tuple[torch.Tensor, float, float]]:
    """Without what was computed before: the exporter writes several ReLUs of one tensor as one."""
    kept: list[tuple[torch.Tensor, float, float]] = []
    for x, *limits in seen:
        if not any(limits == known and x.shape == other.shape and torch.equal(x, other) for other, *known in kept):
            kept.append((x, *limits))
    return kept


def imposed(model: onnx.ModelProto, seen: list[tuple[torch.Tensor, float, float]]) -> onnx.ModelProto:
    """The model with each Relu as a product with what it was, 1 or 0, and each Clip as such a product plus its limits."""
    out = onnx.ModelProto()
    out.CopyFrom(model)
    nodes = [node for node in out.graph.node if node.op_type in ('Relu', 'Clip')]
    if len(nodes) < len(seen):
        seen = once(seen)
    if len(nodes) != len(seen):
        raise SystemExit(f'{len(nodes)} nodes bend in the file, {len(seen)} in PyTorch')
    kept, rest = [], iter(seen)
    for node in out.graph.node:
        if node.op_type not in ('Relu', 'Clip'):
            kept.append(node)
            continue
        x, low, high = next(rest)
        passes = ((x > low) & (x < high)).numpy().astype(np.float32)
        stands = np.where(x.numpy() >= high, high, low).astype(np.float32) * (1 - passes)
        name = node.output[0]
        out.graph.initializer.append(numpy_helper.from_array(passes, f'{name}/passes'))
        moved = stands.any()
        kept.append(helper.make_node('Mul', [node.input[0], f'{name}/passes'], [f'{name}/product' if moved else name]))
        if moved:
            out.graph.initializer.append(numpy_helper.from_array(stands, f'{name}/stands'))
            kept.append(helper.make_node('Add', [f'{name}/product', f'{name}/stands'], [name]))
    del out.graph.node[:]
    out.graph.node.extend(kept)
    return out
