"""The families of image classifiers: each small enough to be committed, and as published."""
from collections.abc import Callable
from dataclasses import dataclass

from pytorchcv.models.bninception import BNInception, bninception
from pytorchcv.models.densenet import DenseNet, densenet121
from pytorchcv.models.efficientnet import EfficientNet, efficientnet_b0, efficientnet_b0b
from pytorchcv.models.ghostnet import GhostNet, ghostnet
from pytorchcv.models.inceptionresnetv2 import inceptionresnetv2
from pytorchcv.models.inceptionv3 import InceptionV3, inceptionv3
from pytorchcv.models.inceptionv4 import inceptionv4
from pytorchcv.models.mobilenet import MobileNet, mobilenet_w1
from pytorchcv.models.mobilenetv2 import MobileNetV2, mobilenetv2_w1
from pytorchcv.models.mobilenetv3 import MobileNetV3, mobilenetv3_large_w1
from pytorchcv.models.nasnet import NASNet, nasnet_4a1056
from pytorchcv.models.preresnet import PreResNet, preresnet50
from pytorchcv.models.regnet import RegNet, regnety004
from pytorchcv.models.resnet import ResNet, resnet18, resnet50
from pytorchcv.models.resnext import ResNeXt, resnext50_32x4d
from pytorchcv.models.seresnet import SEResNet, seresnet50
from pytorchcv.models.shufflenet import ShuffleNet, shufflenet_g3_w1
from pytorchcv.models.shufflenetv2 import ShuffleNetV2, shufflenetv2_w1
from pytorchcv.models.squeezenet import SqueezeNet, squeezenet_v1_1
from pytorchcv.models.vgg import VGG, bn_vgg16, vgg16
from pytorchcv.models.wrn_cifar import CIFARWRN, wrn16_10_cifar10
from pytorchcv.models.xception import Xception, xception
from torch import nn

from families.narrow import pooling, shortened, thin
from families.nets import ConvNeXt, GoogLeNet, HighwayNet, ViT


@dataclass(frozen=True)
class Export:
    """How a file is written. `dynamo`: by torch's newer exporter."""
    opset: int
    dynamo: bool = False
    # Of constants; BatchNorm goes into the convolution before it.
    folded: bool = True
    # The batch is any, not 1.
    any_batch: bool = True


@dataclass(frozen=True)
class Family:
    name: str
    # Where the architecture is from.
    source: str
    small: Callable[[], nn.Module]
    size: int
    full: Callable[[], nn.Module]
    full_size: int
    preprocessing: str
    export: Export


def vgg(batch_norm: bool) -> nn.Module:
    net = VGG([[8], [12], [16, 16], [16, 16], [16, 16]], use_bn=batch_norm, num_classes=10)
    net.output.fc1.fc, net.output.fc2.fc = nn.Linear(64, 32), nn.Linear(32, 32)
    net.output.fc3 = nn.Linear(32, 10)
    return net


def bn_inception() -> nn.Module:
    mid1 = [[[64, 64]], [[128, 64], [64, 96]], [[128, 192], [192, 192]]]
    mid2 = [[[64, 96, 96, 64]], [[0, 160, 96, 0], [224, 96, 128, 128]], [[0, 192, 256, 0], [352, 320, 224, 128]]]
    make = lambda: BNInception([[320], [576, 576], [1024, 1024]], [64, 192], mid1, mid2, num_classes=10)  # noqa: E731
    return pooling(thin(make, 32), 2)


def nasnet() -> nn.Module:
    channels = [[12], [16, 24], [32, 48]]
    return NASNet(channels, 8, (4, 8), 2, extra_padding=True, skip_reduction_layer_input=False, num_classes=10)


CLASSIC, UNFOLDED = Export(13), Export(11, folded=False)

FAMILIES = [
    Family('vgg', 'pytorchcv vgg16', lambda: vgg(False), 64, vgg16, 224, 'imagenet', Export(9)),
    Family('vgg-bn', 'pytorchcv bn_vgg16', lambda: vgg(True), 64, bn_vgg16, 224, 'imagenet', Export(9, folded=False)),
    Family('resnet', 'pytorchcv resnet50',
           lambda: pooling(ResNet([[32], [64, 64], [64]], 8, True, True, num_classes=10), 2), 32,
           resnet50, 224, 'imagenet', Export(11)),
    Family('resnet-dynamo', 'pytorchcv resnet18',
           lambda: pooling(ResNet([[8], [16, 16], [24]], 8, False, False, num_classes=10), 2), 32,
           resnet18, 224, 'imagenet', Export(18, dynamo=True)),
    Family('preresnet', 'pytorchcv preresnet50',
           lambda: pooling(PreResNet([[32], [48, 48], [48]], 8, True, True, num_classes=10), 2), 32,
           preresnet50, 224, 'imagenet', UNFOLDED),
    Family('wide-resnet', 'pytorchcv wrn16_10_cifar10',
           lambda: CIFARWRN([[12], [16], [24]], 8, num_classes=10), 32, wrn16_10_cifar10, 32, 'unit', CLASSIC),
    Family('resnext', 'pytorchcv resnext50_32x4d',
           lambda: pooling(ResNeXt([[32, 32], [48, 48], [64]], 16, 4, 32, num_classes=10), 4), 64,
           resnext50_32x4d, 224, 'imagenet', Export(12)),
    Family('se-resnet', 'pytorchcv seresnet50',
           lambda: pooling(SEResNet([[32], [48, 48], [48]], 8, True, True, num_classes=10), 2), 32,
           seresnet50, 224, 'imagenet', CLASSIC),
    Family('densenet', 'pytorchcv densenet121',
           lambda: pooling(DenseNet([[24, 32], [24, 32], [24, 32]], 16, num_classes=10), 4), 64,
           densenet121, 224, 'imagenet', UNFOLDED),
    Family('squeezenet', 'pytorchcv squeezenet_v1_1',
           lambda: pooling(SqueezeNet([[16, 16], [32, 32], [48, 64]], None, 3, 16, num_classes=10), 3), 64,
           squeezenet_v1_1, 224, 'imagenet', Export(10, any_batch=False)),
    Family('googlenet', 'GoogLeNet of nets.py',
           lambda: GoogLeNet(10, 16, (1, 3, 1), 32, (3, 1), 2), 64, lambda: GoogLeNet(1000), 224, 'unit', CLASSIC),
    Family('bn-inception', 'pytorchcv bninception', bn_inception, 64, bninception, 224, 'inception', Export(12)),
    Family('inception-v3', 'pytorchcv inceptionv3',
           lambda: pooling(thin(lambda: InceptionV3([[288], [768, 768], [1280, 2048]], 192, [128], 1e-3, num_classes=10),
                                16), 2), 107, inceptionv3, 299, 'inception', Export(14)),
    Family('inception-v4', 'pytorchcv inceptionv4',
           lambda: pooling(shortened(thin(lambda: inceptionv4(num_classes=10), 32), 1, 2, 2), 2), 107,
           inceptionv4, 299, 'inception', Export(15)),
    Family('inception-resnet-v2', 'pytorchcv inceptionresnetv2',
           lambda: pooling(shortened(thin(lambda: inceptionresnetv2(num_classes=10), 16), 1, 2, 2), 2), 107,
           inceptionresnetv2, 299, 'inception', Export(16)),
    Family('xception', 'pytorchcv xception',
           lambda: pooling(thin(lambda: Xception([[128], [256], [512, 512], [1024]], num_classes=10), 16), 4), 107,
           xception, 299, 'inception', CLASSIC),
    Family('nasnet', 'pytorchcv nasnet_4a1056', nasnet, 64, nasnet_4a1056, 224, 'inception', Export(17)),
    Family('mobilenet-v1', 'pytorchcv mobilenet_w1',
           lambda: pooling(MobileNet([[8], [16], [32, 32], [48, 48]], False, num_classes=10), 8), 64,
           mobilenet_w1, 224, 'inception', UNFOLDED),
    Family('mobilenet-v2', 'pytorchcv mobilenetv2_w1',
           lambda: pooling(MobileNetV2([[8], [12, 12], [16, 16, 24]], 8, 48, False, num_classes=10), 8), 64,
           mobilenetv2_w1, 224, 'inception', CLASSIC),
    Family('mobilenet-v3', 'pytorchcv mobilenetv3_large_w1',
           lambda: pooling(MobileNetV3([[8], [12, 12], [16, 16]], [[8], [24, 24], [48, 48]], 8, 48, 32,
                                       [[1], [1, 1], [0, 0]], [[1], [1, 1], [0, 0]], [[1], [0, 0], [1, 1]],
                                       True, False, num_classes=10), 4), 64,
           mobilenetv3_large_w1, 224, 'inception', Export(14)),
    Family('mobilenet-v3-dynamo', 'pytorchcv mobilenetv3_large_w1',
           lambda: pooling(MobileNetV3([[8], [12, 12], [16, 16]], [[8], [24, 24], [48, 48]], 8, 48, 32,
                                       [[1], [1, 1], [0, 0]], [[1], [1, 1], [0, 0]], [[1], [0, 0], [1, 1]],
                                       True, False, num_classes=10), 4), 64,
           mobilenetv3_large_w1, 224, 'inception', Export(18, dynamo=True)),
    Family('shufflenet-v1', 'pytorchcv shufflenet_g3_w1',
           lambda: pooling(ShuffleNet([[48, 48], [96, 96], [192]], 12, 3, num_classes=10), 2), 64,
           shufflenet_g3_w1, 224, 'imagenet', CLASSIC),
    Family('shufflenet-v2', 'pytorchcv shufflenetv2_w1',
           lambda: pooling(ShuffleNetV2([[24, 24], [48, 48], [64]], 12, 96, num_classes=10), 2), 64,
           shufflenetv2_w1, 224, 'imagenet', Export(12)),
    Family('ghostnet', 'pytorchcv ghostnet',
           lambda: pooling(GhostNet([[8], [12, 12], [16, 16]], 8, 48, 32, [[1], [1, 1], [0, 0]],
                                    [[1], [3, 3], [3, 3]], [[0], [0, 0], [1, 1]], False, num_classes=10), 8), 64,
           ghostnet, 224, 'imagenet', CLASSIC),
    Family('regnet-y', 'pytorchcv regnety004',
           lambda: RegNet([[16], [32, 32], [48]], 8, [8, 8, 8], True, num_classes=10), 64,
           regnety004, 224, 'imagenet', CLASSIC),
    Family('efficientnet', 'pytorchcv efficientnet_b0',
           lambda: EfficientNet([[8], [12, 12], [16, 16]], 8, 48, [[3], [3, 3], [5, 5]], [1, 2, 2],
                                [[1], [4, 4], [4, 4]], num_classes=10), 64,
           efficientnet_b0, 224, 'imagenet', Export(13)),
    Family('efficientnet-tf', 'pytorchcv efficientnet_b0b',
           lambda: EfficientNet([[8], [12, 12], [16, 16]], 8, 48, [[3], [3, 3], [5, 5]], [1, 2, 2],
                                [[1], [4, 4], [4, 4]], tf_mode=True, bn_eps=1e-3, num_classes=10), 64,
           efficientnet_b0b, 224, 'imagenet', Export(11)),
    Family('highway', 'HighwayNet of nets.py',
           lambda: HighwayNet(10, 12, (2, 2)), 32, lambda: HighwayNet(10, 32, (3, 3, 3)), 32, 'unit', CLASSIC),
    Family('convnext', 'ConvNeXt of nets.py',
           lambda: ConvNeXt(10, (1, 2), (16, 24)), 32,
           lambda: ConvNeXt(1000, (3, 3, 9, 3), (96, 192, 384, 768)), 224, 'imagenet', Export(17)),
    Family('convnext-dynamo', 'ConvNeXt of nets.py',
           lambda: ConvNeXt(10, (1, 2), (16, 24)), 32,
           lambda: ConvNeXt(1000, (3, 3, 9, 3), (96, 192, 384, 768)), 224, 'imagenet', Export(20, dynamo=True)),
    Family('vit', 'ViT of nets.py', lambda: ViT(10, 32, 8, 24, 3, 2), 32,
           lambda: ViT(1000, 224, 16, 384, 6, 12), 224, 'inception', Export(14)),
    Family('vit-dynamo', 'ViT of nets.py', lambda: ViT(10, 32, 8, 24, 3, 2), 32,
           lambda: ViT(1000, 224, 16, 384, 6, 12), 224, 'inception', Export(20, dynamo=True)),
]
