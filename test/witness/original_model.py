"""A model file as it was given, run by ONNX Runtime on 8-bit pictures: the eyes of check-run.py."""
import json
from pathlib import Path

import numpy as np
import onnx
import onnxruntime

# The operators that may stand between a final Softmax and the output.
SHAPING = ('Reshape', 'Flatten', 'Squeeze', 'Unsqueeze', 'Identity', 'Cast')

NAMED = {  # scale, mean, std (after the scale), BGR
    'unit': (1 / 255, 0, 1, False),
    'imagenet': (1 / 255, (0.485, 0.456, 0.406), (0.229, 0.224, 0.225), False),
    'inception': (1 / 255, 0.5, 0.5, False),
    'caffe': (1, (103.939, 116.779, 123.68), 1, True),
    'raw': (1, 0, 1, False),
}


def preprocessing(text: str):
    """(scale, mean, std, BGR) of a preprocessor_config.json; mean and std follow the order that the model gets."""
    config = json.loads(text)
    scale = config.get('rescale_factor', 1 / 255) if config.get('do_rescale', True) else 1
    normalises = config.get('do_normalize', 'image_mean' in config)
    mean, std = (config['image_mean'], config['image_std']) if normalises else (0, 1)
    return scale, mean, std, bool(config.get('do_flip_channel_order', False))


class Model:
    """The model as it was given; logits [classes] of 8-bit pictures [H, W, C], or log-probabilities after a Softmax."""

    def __init__(self, path: Path, preprocess: str | None) -> None:
        self.proto = onnx.load(path, load_external_data=False)
        self.properties = {p.key: p.value for p in self.proto.metadata_props}
        self.scale, self.mean, self.std, self.bgr = self.preprocess_of(path, preprocess)
        options = onnxruntime.SessionOptions()
        options.log_severity_level = 3
        self.session = onnxruntime.InferenceSession(path, options, providers=['CPUExecutionProvider'])
        self.input = self.session.get_inputs()[0]
        self.axes = list(self.input.shape)
        self.channels_last = self.axes[-1] in (1, 3) and self.axes[1] not in (1, 3)
        sizes = self.axes[1:3] if self.channels_last else self.axes[2:4]
        self.channels = self.axes[-1] if self.channels_last else self.axes[1]
        self.size = tuple(sizes) if all(isinstance(n, int) for n in sizes) else None
        self.softmax = self.ends_in_softmax()
        self.known: dict[bytes, np.ndarray] = {}

    def preprocess_of(self, path: Path, preprocess: str | None):
        if preprocess in NAMED:
            return NAMED[preprocess]
        if preprocess is not None:
            return preprocessing(Path(preprocess).read_text())
        beside = path.parent / 'preprocessor_config.json'
        if beside.exists():
            return preprocessing(beside.read_text())
        kept = self.properties.get('advx.preprocessing')
        return NAMED['unit'] if kept is None else preprocessing(kept)

    def ends_in_softmax(self) -> bool:
        makers = {name: node for node in self.proto.graph.node for name in node.output}
        node = makers.get(self.proto.graph.output[0].name)
        while node is not None and node.op_type in SHAPING:
            node = makers.get(node.input[0])
        return node is not None and node.op_type == 'Softmax'

    def scores(self, picture: np.ndarray) -> np.ndarray:
        key = repr(picture.shape).encode() + picture.tobytes()
        if key not in self.known:
            x = picture[..., ::-1] if self.bgr else picture
            x = (x.astype(np.float64) * self.scale - np.asarray(self.mean)) / np.asarray(self.std)
            x = (x if self.channels_last else x.transpose(2, 0, 1))[None]
            kind = np.float16 if 'float16' in self.input.type else np.float32
            out = self.session.run([self.session.get_outputs()[0].name], {self.input.name: x.astype(kind)})[0]
            out = out.astype(np.float64).ravel()
            self.known[key] = np.log(np.maximum(out, 1e-45)) if self.softmax else out
        return self.known[key]


def confidence(scores: np.ndarray) -> float:
    """Probability of the strongest class: softmax of logits, or of log-probabilities (which gives these back)."""
    return float(1 / np.exp(scores - scores.max()).sum())


def margin(scores: np.ndarray, label: int, target: int | None) -> float:
    """By how much a picture is adversarial: the best wrong logit over the label's, or the target's over all others."""
    kept = label if target is None else target
    lead = np.delete(scores, kept).max() - scores[kept]
    return float(lead if target is None else -lead)
