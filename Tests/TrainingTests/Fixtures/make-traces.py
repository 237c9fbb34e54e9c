#!/usr/bin/env python3
"""Makes traces.json: what PyTorch computes in ten steps of training.

Pictures and initial weights come from a formula (`noise`), so that only losses and samples of the final weights need to
be kept. Needs torch and numpy:  python make-traces.py
"""
import json, math, os
import numpy as np
import torch
from torch import nn

torch.set_num_threads(1)


def noise(count, salt):
    """Numbers in [-1, 1): a hash of 0, 1, 2, ..."""
    x = (np.arange(count, dtype=np.uint64) + salt * 0x9E3779B9).astype(np.uint32)
    x ^= x >> np.uint32(16)
    x = (x.astype(np.uint64) * 0x7FEB352D).astype(np.uint32)
    x ^= x >> np.uint32(15)
    x = (x.astype(np.uint64) * 0x846CA68B).astype(np.uint32)
    x ^= x >> np.uint32(16)
    return ((x >> np.uint32(8)).astype(np.float64) * 2.0**-24 * 2 - 1).astype(np.float32)


def vgg(convolutions, ratio, side, lrn=False):
    children, channels = [], 1
    for index, (count, width) in enumerate(zip(convolutions, (64, 128, 256, 512, 512))):
        layers = []
        for _ in range(count):
            layers += [nn.Conv2d(channels, width // ratio, 3, padding=1), nn.ReLU()]
            channels = width // ratio
        if lrn and index == 0:
            layers.append(nn.LocalResponseNorm(5, 1e-4, 0.75, 2.0))
        children.append(nn.Sequential(*layers, nn.MaxPool2d(2, 2)))
    return children, channels * (side // 32) ** 2


def alexnet(ratio):
    a, b, c, d, e = (width // ratio for width in (96, 256, 384, 384, 256))
    return [
        nn.Conv2d(1, a, 11, stride=4, padding=1), nn.ReLU(), nn.MaxPool2d(3, 2),
        nn.Conv2d(a, b, 5, padding=2), nn.ReLU(), nn.MaxPool2d(3, 2),
        nn.Conv2d(b, c, 3, padding=1), nn.ReLU(), nn.Conv2d(c, d, 3, padding=1), nn.ReLU(),
        nn.Conv2d(d, e, 3, padding=1), nn.ReLU(), nn.MaxPool2d(3, 2)], e


def head(children, features):
    return nn.Sequential(
        *children, nn.Flatten(), nn.Linear(features, 4096), nn.ReLU(), nn.Dropout(0.0),
        nn.Linear(4096, 4096), nn.ReLU(), nn.Dropout(0.0), nn.Linear(4096, 10))


def trace(name, arch, ratio, side, children, features, rate, momentum=0.0, decay=0.0, batch=8):
    net = head(children, features)
    fan_in = 1
    with torch.no_grad():
        for salt, tensor in enumerate(net.state_dict().values()):
            if tensor.dim() > 1:
                fan_in = tensor[0].numel()
            bound = np.float32(math.sqrt((6 if tensor.dim() > 1 else 1) / fan_in))
            tensor.copy_(torch.from_numpy(noise(tensor.numel(), salt) * bound).reshape(tensor.shape))
    count = 10 * batch
    pixels = np.floor((noise(count * side * side, 999).astype(np.float64) + 1) * 128).astype(np.uint8)
    images = torch.from_numpy(pixels).reshape(count, 1, side, side).float().div(255)
    labels = torch.tensor([i * 7 % 10 for i in range(count)])
    optimizer = torch.optim.SGD(net.parameters(), lr=rate, momentum=momentum, weight_decay=decay)
    losses = []
    for step in range(10):
        rows = slice(step * batch, (step + 1) * batch)
        optimizer.zero_grad()
        loss = nn.functional.cross_entropy(net(images[rows]), labels[rows])
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    tensors = {}
    for key, tensor in net.state_dict().items():
        values = tensor.flatten().double()
        places = [i * (len(values) - 1) // 99 for i in range(100)]
        tensors[key] = {
            "largest": values.abs().max().item(), "norm": values.norm().item(),
            "sample": [values[p].item() for p in places]}
    print(name, losses)
    return {"name": name, "arch": arch, "ratio": ratio, "side": side, "batch": batch, "learningRate": rate,
            "momentum": momentum, "weightDecay": decay, "losses": losses, "tensors": tensors}


# The rates are small: at larger ones a training on noise is so sensitive that a rounding error in one ReLU shows in
# every digit ten steps later, whoever computes it.
traces = [
    trace("VGG-11, ratio 4", "vgg11", 4, 64, *vgg((1, 1, 2, 2, 2), 4, 64), 2e-4),
    trace("VGG-11, ratio 4, momentum and weight decay", "vgg11", 4, 64, *vgg((1, 1, 2, 2, 2), 4, 64), 2e-4, 0.9, 5e-2),
    trace("VGG-11 with normalisation, ratio 4", "vgg11-lrn", 4, 64, *vgg((1, 1, 2, 2, 2), 4, 64, lrn=True), 0.001),
    trace("VGG-16, ratio 8", "vgg16", 8, 64, *vgg((2, 2, 3, 3, 3), 8, 64), 1e-4),
    trace("AlexNet", "alexnet", 1, 96, *alexnet(1), 0.001),
    trace("AlexNet, odd sizes", "alexnet", 3, 111, alexnet(3)[0], 340, 0.003),
]
with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "traces.json"), "w") as file:
    json.dump(traces, file, indent=None, separators=(",", ":"))
