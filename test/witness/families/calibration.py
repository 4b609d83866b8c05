"""Random weights under which a network's activations are alive and its classes differ."""
import torch
from torch import nn

LAYERS = (nn.Conv2d, nn.Linear)
NORMS = (nn.BatchNorm2d,)


def calibrate(net: nn.Module, pictures: torch.Tensor, confidence: float) -> None:
    """
    Sets BatchNorm's statistics to those of the pictures, every other layer's scale and bias so that each channel has
    mean 0 and variance 1 there (Krähenbühl et al. 2016, https://arxiv.org/abs/1511.06856), and the scores of each class
    to mean 0 and deviation `confidence`.
    """
    for m in net.modules():
        if isinstance(m, NORMS):
            nn.init.uniform_(m.weight, 0.7, 1.3)
            nn.init.normal_(m.bias, 0, 0.2)
            m.reset_running_stats()
            m.momentum = 1.0
    plain, last = layers_without_norm(net, pictures)
    net.train()
    for m in net.modules():
        if isinstance(m, nn.Dropout):
            m.eval()
    standardise(net, plain, pictures)
    net.eval()
    standardise(net, {last}, pictures, confidence)
    for m in net.modules():
        if isinstance(m, NORMS):
            m.momentum = 0.1
    net.requires_grad_(False)


def layers_without_norm(net: nn.Module, pictures: torch.Tensor) -> tuple[set[nn.Module], nn.Module]:
    """The layers whose output no BatchNorm takes, and the one that gives the scores."""
    outputs: dict[int, nn.Module] = {}
    kept, normed, order = [], set(), []

    def after(module, _, output):  # type: ignore[no-untyped-def]
        if isinstance(module, LAYERS):
            outputs[id(output)] = module
            kept.append(output)
            order.append(module)

    def before(module, inputs):  # type: ignore[no-untyped-def]
        if isinstance(module, NORMS):
            normed.add(outputs.get(id(inputs[0])))

    hooks = [m.register_forward_hook(after) for m in net.modules()]
    hooks += [m.register_forward_pre_hook(before) for m in net.modules()]
    with torch.no_grad():
        net.eval()(pictures[:2])
    for hook in hooks:
        hook.remove()
    last = getattr(net, 'output', order[-1])
    return set(order) - normed, last if isinstance(last, LAYERS) else [m for m in last.modules() if isinstance(m, LAYERS)][-1]


def standardise(net: nn.Module, layers: set[nn.Module], pictures: torch.Tensor, deviation: float = 1.0) -> None:
    def scaled(module, inputs, output):  # type: ignore[no-untyped-def]
        channel = 1 if isinstance(module, nn.Conv2d) else output.ndim - 1
        axes = [i for i in range(output.ndim) if i != channel]
        factor = deviation / output.std(axes).clamp_min(1e-3)
        module.weight.mul_(factor.reshape(-1, *[1] * (module.weight.ndim - 1)))
        if module.bias is not None:
            module.bias.sub_(output.mean(axes)).mul_(factor)
        hook_of[module].remove()
        return module(inputs[0])

    hook_of = {m: m.register_forward_hook(scaled) for m in layers}
    with torch.no_grad():
        net(pictures)
    for hook in hook_of.values():
        hook.remove()
