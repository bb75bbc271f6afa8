"""Compact Convolutional Transformer (Hassani et al. 2021, arXiv 2104.05704), in the authors' names: src/models/goldens/cct-*.safetensors.

Run from the package root with Debian's python3-torch:  /usr/bin/python3 tools/goldens/families/cct.py
"""

import torch
import torch.nn.functional as F

from common import Weights, linear, norm, write

EPS = 1e-5


def golden(name, seed, size, kernel, layers, dim, heads, depth, classes, positions):
    w = Weights(seed)
    channels = 3
    for i in range(layers):
        width = dim if i == layers - 1 else 8
        w.draw(f"tokenizer.conv_layers.{i}.0.weight", (width, channels, kernel, kernel), 1 / (channels * kernel * kernel) ** 0.5)
        channels = width
    for i in range(depth):
        b = f"classifier.blocks.{i}"
        w.norm(f"{b}.pre_norm", dim)
        w.linear(f"{b}.self_attn.qkv", 3 * dim, dim, bias=False)
        w.linear(f"{b}.self_attn.proj", dim, dim)
        w.linear(f"{b}.linear1", 2 * dim, dim)
        w.norm(f"{b}.norm1", dim)
        w.linear(f"{b}.linear2", dim, 2 * dim)
    w.norm("classifier.norm", dim)
    w.linear("classifier.attention_pool", 1, dim)
    w.linear("classifier.fc", classes, dim)
    pixels = w.pixels(2, size, size)
    x = pixels
    for i in range(layers):
        x = F.conv2d(x, w[f"tokenizer.conv_layers.{i}.0.weight"], stride=max(1, kernel // 2 - 1), padding=max(1, kernel // 2))
        x = F.max_pool2d(F.relu(x), 3, 2, 1)
    x = x.flatten(2).transpose(1, 2)
    n = x.shape[1]
    if positions:
        w.draw("classifier.positional_emb", (1, n, dim), 0.5)
        x = x + w["classifier.positional_emb"]
    for i in range(depth):
        b = f"classifier.blocks.{i}"
        q, k, v = linear(w, f"{b}.self_attn.qkv", norm(w, f"{b}.pre_norm", x, EPS)).reshape(2, n, 3, heads, dim // heads).permute(2, 0, 3, 1, 4)
        y = ((q @ k.transpose(-2, -1) * (dim // heads) ** -0.5).softmax(-1) @ v).transpose(1, 2).reshape(2, n, dim)
        x = norm(w, f"{b}.norm1", x + linear(w, f"{b}.self_attn.proj", y), EPS)
        x = x + linear(w, f"{b}.linear2", F.gelu(linear(w, f"{b}.linear1", x)))
    x = norm(w, "classifier.norm", x, EPS)
    x = (F.softmax(linear(w, "classifier.attention_pool", x), 1).transpose(-1, -2) @ x).squeeze(-2)
    config = {"architecture": "cct", "img_size": size, "num_heads": heads}
    write(name, w, config, None, None, pixels, linear(w, "classifier.fc", x))


golden("cct", 40, 8, 3, 1, 12, 3, 2, 5, True)
golden("cct-7x7", 41, 28, 7, 2, 8, 2, 1, 5, False)
