"""What the peers' attacks need: an ONNX model as a PyTorch module on pixels in 0..1, and a folder of pictures as tensors."""
import importlib.machinery
import importlib.util
import sys
import types
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import helper, numpy_helper
from PIL import Image

WITNESS = Path(__file__).resolve().parent.parent / 'test' / 'witness'


def stand_ins(**contents: tuple[str, ...]) -> None:
    """Modules of empty names where a library imports some that are not used here: there is no torchvision for a CPU alone."""
    absent = {name for name in contents if importlib.util.find_spec(name.partition('_')[0]) is None}
    for key in absent:
        name = key.replace('_', '.')
        module = types.ModuleType(name)
        module.__path__, module.__spec__ = [], importlib.machinery.ModuleSpec(name, None)
        for each in contents[key]:
            setattr(module, each, None)
        sys.modules[name] = module
    for key in absent:
        parent, _, name = key.partition('_')
        if name:
            setattr(sys.modules[parent], name, sys.modules[f'{parent}.{name}'])


stand_ins(torchvision=(), torchvision_ops=('roi_align', 'nms', 'box_convert'), torchvision_models=(), visdom=())

import onnx2torch  # noqa: E402, after its stand-ins

sys.path.insert(0, str(WITNESS))
from original_model import NAMED, preprocessing  # noqa: E402


def spelled_out(model: onnx.ModelProto) -> onnx.ModelProto:
    """The model as onnx2torch reads it: pads as numbers in place of SAME_UPPER, and any number of pictures."""
    for node in model.graph.node:
        values = {a.name: helper.get_attribute_value(a) for a in node.attribute}
        if values.get('auto_pad') == b'SAME_UPPER' and values.get('strides', [1, 1]) == [1, 1]:
            gaps = [k - 1 for k in values['kernel_shape']]
            kept = [a for a in node.attribute if a.name not in ('auto_pad', 'pads')]
            pads = helper.make_attribute('pads', [g // 2 for g in gaps] + [g - g // 2 for g in gaps])
            del node.attribute[:]
            node.attribute.extend([*kept, pads])
    shapes = {node.input[1] for node in model.graph.node if node.op_type == 'Reshape' and of_pictures(node, model)}
    for tensor in model.graph.initializer:
        if tensor.name in shapes and (shape := numpy_helper.to_array(tensor).copy())[0] == 1:
            shape[0] = -1
            tensor.CopyFrom(numpy_helper.from_array(shape, tensor.name))
    return model


def of_pictures(node: onnx.NodeProto, model: onnx.ModelProto) -> bool:
    return node.input[0] not in {tensor.name for tensor in model.graph.initializer}


class Net(torch.nn.Module):
    """Pixels in 0..1, [N, C, H, W], to logits [N, K]; counts the gradients of pictures that pass it.

    preprocess: a name; None: what the model's metadata say, else unit. frozen: no gradients of the weights, which nobody
    asks for here.
    """

    def __init__(self, path: Path, preprocess: str | None, *, frozen: bool = True) -> None:
        super().__init__()
        model = onnx.load(path)
        self.net = onnx2torch.convert(spelled_out(model)).requires_grad_(not frozen)
        own = {p.key: p.value for p in model.metadata_props}.get('advx.preprocessing')
        scale, mean, std, self.bgr = preprocessing(own) if own and preprocess is None else NAMED[preprocess or 'unit']
        self.factor = 255 * scale
        for name, value in (('mean', mean), ('std', std)):
            self.register_buffer(name, torch.tensor(value, dtype=torch.float32).reshape(1, -1, 1, 1))
        self.gradients = 0
        self.eval()

    def count(self, gradient: torch.Tensor) -> None:
        self.gradients += len(gradient)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        given = x.flip(1) if self.bgr else x
        if x.requires_grad:
            given = given * 1
            given.register_hook(self.count)
        return self.net((given * self.factor - self.mean) / self.std)


def levels_of(file: Path) -> np.ndarray:
    """[C, H, W], 8-bit, as the file holds them."""
    levels = np.asarray(Image.open(file))
    return levels[None] if levels.ndim == 2 else levels.transpose(2, 0, 1)


def pixels(levels: np.ndarray) -> torch.Tensor:
    return torch.from_numpy(np.ascontiguousarray(levels, np.float32) / np.float32(255))  # some attacks of others view it flat


def rounded(x: torch.Tensor) -> np.ndarray:
    """The nearest 8-bit levels: what a PNG of it holds."""
    return np.rint(x.detach().numpy().astype(np.float64) * 255).astype(np.uint8)
