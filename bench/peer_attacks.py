"""The attacks of other libraries that look for the nearest adversarial picture, each as a function of model, x and labels."""
from collections.abc import Callable
from dataclasses import dataclass

from peers import Net  # isort: skip, it makes the stand-ins that adv-lib needs

import foolbox
import numpy as np
import torch
import torchattacks
from adv_lib import attacks as adv_lib
from art.attacks import evasion as art
from art.estimators.classification import PyTorchClassifier

Attack = Callable[[Net, torch.Tensor, torch.Tensor], torch.Tensor]


@dataclass(frozen=True)
class Peer:
    """`ours`: name and norm of the attack to compare with; `every_class`: a step takes the slope of each class; `cases`: of
    nearest.py, all when empty."""

    library: str
    what: str
    ours: tuple[str, str]
    run: Attack
    every_class: bool = False
    cases: tuple[str, ...] = ()


def of_foolbox(attack: foolbox.Attack) -> Attack:
    def run(net: Net, x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
        return attack(foolbox.PyTorchModel(net, bounds=(0, 1), device='cpu'), x, y, epsilons=None)[0]

    return run


def of_adv_lib(attack: Callable, **options) -> Attack:
    return lambda net, x, y: attack(net, x, y, **options)


def of_torchattacks(attack: type, **options) -> Attack:
    return lambda net, x, y: attack(net, **options)(x, y)


def of_art(attack: type, **options) -> Attack:
    """Its JSMA takes targets: the likeliest other class."""

    def run(net: Net, x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
        scores = net(x).detach().scatter(1, y[:, None], -torch.inf)
        model = PyTorchClassifier(net, torch.nn.CrossEntropyLoss(), tuple(x.shape[1:]), scores.shape[1], clip_values=(0, 1))
        targets = {'y': np.eye(scores.shape[1])[scores.argmax(1)]} if attack is art.SaliencyMapMethod else {}
        return torch.from_numpy(attack(model, verbose=False, **options).generate(x.numpy(), **targets))

    return run


def of_cw(rounds: int, steps: int, *cases: str) -> list[Peer]:
    what = f'C&W {rounds} x {steps}'
    return [
        Peer('foolbox', what, ('cw', 'l2'), of_foolbox(a.L2CarliniWagnerAttack(binary_search_steps=rounds, steps=steps)), cases=cases),
        Peer('adv-lib', what, ('cw', 'l2'),
             of_adv_lib(adv_lib.carlini_wagner_l2, binary_search_steps=rounds, max_iterations=steps), cases=cases),
    ]


def of_fab(norm: str, order: float) -> list[Peer]:
    """torchattacks gives back no picture beyond its eps."""
    return [
        Peer('torchattacks', 'FAB x100', ('fab', norm), of_torchattacks(torchattacks.FAB, norm=norm.capitalize(), eps=1e3, steps=100),
             every_class=True),
        Peer('adv-lib', 'FAB x100', ('fab', norm), of_adv_lib(adv_lib.fab, norm=order, n_iter=100), every_class=True),
    ]


a = foolbox.attacks
PEERS = [
    Peer('foolbox', 'DeepFool', ('deepfool', 'l2'), of_foolbox(a.L2DeepFoolAttack())),
    Peer('adv-lib', 'DeepFool', ('deepfool', 'l2'), of_adv_lib(adv_lib.df, norm=2, steps=50), every_class=True),
    Peer('torchattacks', 'DeepFool', ('deepfool', 'l2'), of_torchattacks(torchattacks.DeepFool), every_class=True),
    Peer('ART', 'DeepFool', ('deepfool', 'l2'), of_art(art.DeepFool), every_class=True),
    Peer('foolbox', 'DeepFool', ('deepfool', 'linf'), of_foolbox(a.LinfDeepFoolAttack())),
    Peer('adv-lib', 'DeepFool', ('deepfool', 'linf'), of_adv_lib(adv_lib.df, norm=float('inf'), steps=50), every_class=True),
    *of_cw(9, 200, 'cifar', 'mnist'),
    *of_cw(5, 50, 'photos'),
    Peer('torchattacks', 'C&W 50, c = 1', ('cw', 'l2'), of_torchattacks(torchattacks.CW)),
    Peer('foolbox', 'DDN x100', ('ddn', 'l2'), of_foolbox(a.DDNAttack(steps=100))),
    Peer('adv-lib', 'DDN x100, levels=256', ('ddn', 'l2'), of_adv_lib(adv_lib.ddn, steps=100, levels=256)),
    Peer('adv-lib', 'DDN x100, levels=None', ('ddn', 'l2'), of_adv_lib(adv_lib.ddn, steps=100, levels=None)),
    *(
        peer
        for norm, order, kind in (('l2', 2, a.L2FMNAttack), ('linf', float('inf'), a.LInfFMNAttack),
                                  ('l1', 1, a.L1FMNAttack), ('l0', 0, a.L0FMNAttack))
        for peer in (Peer('foolbox', 'FMN x100', ('fmn', norm), of_foolbox(kind(steps=100))),
                     Peer('adv-lib', 'FMN x100', ('fmn', norm), of_adv_lib(adv_lib.fmn, norm=order, steps=100)))
    ),
    *of_fab('l2', 2), *of_fab('linf', float('inf')), *of_fab('l1', 1),
    Peer('ART', 'JSMA, towards the runner-up', ('jsma', 'l0'), of_art(art.SaliencyMapMethod, theta=1.0, gamma=0.145)),
]
