#!/usr/bin/env python3
"""Writes what PyTorch prints for the networks: <name>.txt has print(net) and, after an empty line, the book's shape walk.

Needs torch:  python make-printouts.py
"""
import os
import torch
from torch import nn

VGG = {"vgg11": (1, 1, 2, 2, 2), "vgg13": (2, 2, 2, 2, 2), "vgg16": (2, 2, 3, 3, 3), "vgg19": (2, 2, 4, 4, 4)}


def head(children, features, classes=10):
    return nn.Sequential(
        *children, nn.Flatten(), nn.Linear(features, 4096), nn.ReLU(), nn.Dropout(0.5),
        nn.Linear(4096, 4096), nn.ReLU(), nn.Dropout(0.5), nn.Linear(4096, classes))


def vgg(name, ratio, side, pointwise=False, lrn=False, channels=1, classes=10):
    children = []
    for index, (count, width) in enumerate(zip(VGG[name], (64, 128, 256, 512, 512))):
        layers = []
        for _ in range(count):
            layers += [nn.Conv2d(channels, width // ratio, kernel_size=3, padding=1), nn.ReLU()]
            channels = width // ratio
        if pointwise and index >= 2:
            layers += [nn.Conv2d(channels, channels, kernel_size=1), nn.ReLU()]
        if lrn and index == 0:
            layers.append(nn.LocalResponseNorm(5, alpha=1e-4, beta=0.75, k=2.0))
        children.append(nn.Sequential(*layers, nn.MaxPool2d(kernel_size=2, stride=2)))
    return head(children, channels * (side // 32) ** 2, classes)


def alexnet():
    return head([
        nn.Conv2d(1, 96, kernel_size=11, stride=4, padding=1), nn.ReLU(), nn.MaxPool2d(kernel_size=3, stride=2),
        nn.Conv2d(96, 256, kernel_size=5, padding=2), nn.ReLU(), nn.MaxPool2d(kernel_size=3, stride=2),
        nn.Conv2d(256, 384, kernel_size=3, padding=1), nn.ReLU(),
        nn.Conv2d(384, 384, kernel_size=3, padding=1), nn.ReLU(),
        nn.Conv2d(384, 256, kernel_size=3, padding=1), nn.ReLU(), nn.MaxPool2d(kernel_size=3, stride=2)], 6400)


def torchvision():
    return nn.Sequential(
        nn.Conv2d(3, 64, kernel_size=11, stride=4, padding=2), nn.ReLU(), nn.MaxPool2d(kernel_size=3, stride=2),
        nn.Conv2d(64, 192, kernel_size=5, padding=2), nn.ReLU(), nn.MaxPool2d(kernel_size=3, stride=2),
        nn.Conv2d(192, 384, kernel_size=3, padding=1), nn.ReLU(),
        nn.Conv2d(384, 256, kernel_size=3, padding=1), nn.ReLU(),
        nn.Conv2d(256, 256, kernel_size=3, padding=1), nn.ReLU(), nn.MaxPool2d(kernel_size=3, stride=2),
        nn.AdaptiveAvgPool2d((6, 6)), nn.Flatten(), nn.Dropout(0.5), nn.Linear(9216, 4096), nn.ReLU(),
        nn.Dropout(0.5), nn.Linear(4096, 4096), nn.ReLU(), nn.Linear(4096, 1000))


def two_groups():
    return head([
        nn.Conv2d(3, 96, kernel_size=11, stride=4), nn.ReLU(), nn.MaxPool2d(kernel_size=3, stride=2),
        nn.Conv2d(96, 256, kernel_size=5, padding=2, groups=2), nn.ReLU(), nn.MaxPool2d(kernel_size=3, stride=2),
        nn.Conv2d(256, 384, kernel_size=3, padding=1), nn.ReLU(),
        nn.Conv2d(384, 384, kernel_size=3, padding=1, groups=2), nn.ReLU(),
        nn.Conv2d(384, 256, kernel_size=3, padding=1, groups=2), nn.ReLU(), nn.MaxPool2d(kernel_size=3, stride=2)],
        9216, 1000)


def write(name, net, shape):
    x, walk = torch.zeros(shape), []
    with torch.no_grad():
        for child in net:
            x = child(x)
            walk.append(f"{child.__class__.__name__} output shape:\t {x.shape}")
    folder = os.path.dirname(os.path.abspath(__file__))
    with open(os.path.join(folder, name + ".txt"), "w") as file:
        file.write(str(net) + "\n\n" + "\n".join(walk) + "\n")


write("vgg11-ratio4", vgg("vgg11", 4, 224), (1, 1, 224, 224))
write("vgg11-ratio4-96", vgg("vgg11", 4, 96), (1, 1, 96, 96))
write("vgg11", vgg("vgg11", 1, 224), (1, 1, 224, 224))
write("vgg11-lrn", vgg("vgg11", 1, 224, lrn=True), (1, 1, 224, 224))
write("vgg16-1x1", vgg("vgg13", 1, 224, pointwise=True), (1, 1, 224, 224))
write("vgg16-rgb", vgg("vgg16", 1, 224, channels=3, classes=1000), (1, 3, 224, 224))
write("vgg19-ratio4", vgg("vgg19", 4, 224), (1, 1, 224, 224))
write("alexnet", alexnet(), (1, 1, 224, 224))
write("alexnet-torchvision", torchvision(), (1, 3, 224, 224))
write("alexnet-2012", two_groups(), (1, 3, 227, 227))
