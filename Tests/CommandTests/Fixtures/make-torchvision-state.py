#!/usr/bin/env python3
"""Writes torchvision-state.safetensors and .json: weights of an AlexNet with torchvision's keys and layers, a 64th of its channels and sixteen
hidden units, an image, and the probabilities that PyTorch gives for it.

    pip install torch numpy safetensors && python make-torchvision-state.py
"""
import json, os
import torch
from safetensors.torch import save_file
from torch import nn


class AlexNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(1, 1, 11, stride=4, padding=2), nn.ReLU(), nn.MaxPool2d(3, 2),
            nn.Conv2d(1, 3, 5, padding=2), nn.ReLU(), nn.MaxPool2d(3, 2),
            nn.Conv2d(3, 6, 3, padding=1), nn.ReLU(), nn.Conv2d(6, 4, 3, padding=1), nn.ReLU(),
            nn.Conv2d(4, 4, 3, padding=1), nn.ReLU(), nn.MaxPool2d(3, 2))
        self.avgpool = nn.AdaptiveAvgPool2d((6, 6))
        self.classifier = nn.Sequential(
            nn.Dropout(), nn.Linear(144, 16), nn.ReLU(), nn.Dropout(), nn.Linear(16, 16), nn.ReLU(), nn.Linear(16, 3))

    def forward(self, x):
        return self.classifier(torch.flatten(self.avgpool(self.features(x)), 1))


torch.manual_seed(1)
net = AlexNet().eval()
with torch.no_grad():
    for tensor in net.parameters():
        tensor.mul_(3)
pixels = [(7 * i * i + 13 * i) % 256 for i in range(96 * 96)]
with torch.no_grad():
    out = torch.softmax(net(torch.tensor(pixels).float().div(255).reshape(1, 1, 96, 96)), 1)[0]
folder = os.path.dirname(os.path.abspath(__file__))
save_file(net.state_dict(), os.path.join(folder, "torchvision-state.safetensors"))
with open(os.path.join(folder, "torchvision-state.json"), "w") as file:
    json.dump({"probabilities": out.tolist()}, file)
    file.write("\n")
