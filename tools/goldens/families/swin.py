"""Swin Transformer, version 1 (Liu et al. 2021, arXiv 2103.14030): src/models/goldens/swin-*.safetensors.

Run from the package root with Debian's python3-torch:  /usr/bin/python3 tools/goldens/families/swin.py
"""

import torch
import torch.nn.functional as F

from common import Weights, activation, linear, norm, patch_embed, write

EPS = 1e-5


def make_weights(seed, patch, dim, depths, heads, window, classes, qkv_bias):
    w = Weights(seed)
    w.patches("patch_embed.proj", dim, 3, patch)
    w.norm("patch_embed.norm", dim)
    for stage, depth in enumerate(depths):
        width = dim * 2**stage
        for i in range(depth):
            b = f"layers.{stage}.blocks.{i}"
            w.norm(f"{b}.norm1", width)
            w.draw(f"{b}.attn.relative_position_bias_table", ((2 * window - 1) ** 2, heads[stage]), 1.0)
            w.linear(f"{b}.attn.qkv", 3 * width, width, qkv_bias)
            w.linear(f"{b}.attn.proj", width, width)
            w.norm(f"{b}.norm2", width)
            w.linear(f"{b}.mlp.fc1", 2 * width, width)
            w.linear(f"{b}.mlp.fc2", width, 2 * width)
        if stage + 1 < len(depths):
            w.norm(f"layers.{stage}.downsample.norm", 4 * width)
            w.linear(f"layers.{stage}.downsample.reduction", 2 * width, 4 * width, bias=False)
    w.norm("norm", dim * 2 ** (len(depths) - 1))
    if classes:
        w.linear("head", classes, dim * 2 ** (len(depths) - 1))
    return w


def windows_of(x, window):  # [B,H,W,C] -> [B*nW,w*w,C]
    b, h, width, c = x.shape
    x = x.view(b, h // window, window, width // window, window, c)
    return x.permute(0, 1, 3, 2, 4, 5).reshape(-1, window * window, c)


def from_windows(x, window, h, width):
    b = x.shape[0] // ((h // window) * (width // window))
    x = x.view(b, h // window, width // window, window, window, -1)
    return x.permute(0, 1, 3, 2, 4, 5).reshape(b, h, width, -1)


def relative_index(window):
    coords = torch.stack(torch.meshgrid(torch.arange(window), torch.arange(window), indexing="ij")).flatten(1)
    relative = (coords[:, :, None] - coords[:, None, :]).permute(1, 2, 0) + window - 1
    return relative[..., 0] * (2 * window - 1) + relative[..., 1]


def mask_of(h, width, window, shift):
    regions = torch.zeros(1, h, width, 1)
    count = 0
    for rows in (slice(0, -window), slice(-window, -shift), slice(-shift, None)):
        for columns in (slice(0, -window), slice(-window, -shift), slice(-shift, None)):
            regions[:, rows, columns, :] = count
            count += 1
    parts = windows_of(regions, window).squeeze(-1)
    difference = parts[:, None, :] - parts[:, :, None]
    return torch.where(difference != 0, torch.tensor(-100.0), torch.tensor(0.0))


def attention(w, b, x, heads, window, mask):  # x: [B*nW,N,C]
    n, c = x.shape[1:]
    q, k, v = linear(w, f"{b}.qkv", x).reshape(-1, n, 3, heads, c // heads).permute(2, 0, 3, 1, 4)
    scores = (q * (c // heads) ** -0.5) @ k.transpose(-2, -1)
    table = w[f"{b}.relative_position_bias_table"]
    scores = scores + table[relative_index(window).view(-1)].view(n, n, heads).permute(2, 0, 1)
    if mask is not None:
        scores = (scores.view(-1, mask.shape[0], heads, n, n) + mask[None, :, None]).view(-1, heads, n, n)
    return linear(w, f"{b}.proj", (scores.softmax(-1) @ v).transpose(1, 2).reshape(-1, n, c))


def forward(w, x, patch, depths, heads, window):
    h, width = x.shape[2] // patch, x.shape[3] // patch
    x = norm(w, "patch_embed.norm", patch_embed(w, "patch_embed.proj", x), EPS)
    for stage, depth in enumerate(depths):
        for i in range(depth):
            b = f"layers.{stage}.blocks.{i}"
            side = min(h, width)
            shift = 0 if i % 2 == 0 or side <= window else window // 2
            y = norm(w, f"{b}.norm1", x, EPS).view(x.shape[0], h, width, -1)
            y = torch.roll(y, (-shift, -shift), (1, 2))
            y = attention(w, f"{b}.attn", windows_of(y, window), heads[stage], window, mask_of(h, width, window, shift) if shift else None)
            y = torch.roll(from_windows(y, window, h, width), (shift, shift), (1, 2))
            x = x + y.reshape(x.shape)
            y = linear(w, f"{b}.mlp.fc1", norm(w, f"{b}.norm2", x, EPS))
            x = x + linear(w, f"{b}.mlp.fc2", activation("gelu", y))
        if stage + 1 < len(depths):
            g = x.view(x.shape[0], h, width, -1)
            g = torch.cat([g[:, 0::2, 0::2], g[:, 1::2, 0::2], g[:, 0::2, 1::2], g[:, 1::2, 1::2]], -1)
            h, width = h // 2, width // 2
            g = g.reshape(x.shape[0], h * width, -1)
            x = linear(w, f"layers.{stage}.downsample.reduction", norm(w, f"layers.{stage}.downsample.norm", g, EPS))
    x = norm(w, "norm", x, EPS).mean(1)
    return linear(w, "head", x) if "head.weight" in w else x


def new_timm_names(w):
    """timm since 0.9: merging belongs to the stage after it, the classifier is head.fc."""
    out = {}
    for name, value in w.items():
        parts = name.split(".")
        if parts[0] == "layers" and parts[2] == "downsample":
            parts[1] = str(int(parts[1]) + 1)
        if parts[0] == "head":
            parts.insert(1, "fc")
        out[".".join(parts)] = value
    return out


def hf_names(w):
    renames = {
        "patch_embed.proj": "swin.embeddings.patch_embeddings.projection",
        "patch_embed.norm": "swin.embeddings.norm",
        "norm": "swin.layernorm",
        "head": "classifier",
    }
    inner = {
        "norm1": "layernorm_before",
        "norm2": "layernorm_after",
        "attn.proj": "attention.output.dense",
        "mlp.fc1": "intermediate.dense",
        "mlp.fc2": "output.dense",
    }
    out = {}
    for name, value in w.items():
        module, leaf = name.rsplit(".", 1)
        if module in renames:
            out[f"{renames[module]}.{leaf}"] = value
            continue
        parts = module.split(".")
        if parts[2] == "downsample":
            out[f"swin.encoder.{module}.{leaf}"] = value
            continue
        block, rest = f"swin.encoder.{'.'.join(parts[:4])}", ".".join(parts[4:])
        if rest == "attn.qkv":
            for part, third in zip(("query", "key", "value"), value.chunk(3)):
                out[f"{block}.attention.self.{part}.{leaf}"] = third
        elif rest == "attn":
            out[f"{block}.attention.self.{leaf}"] = value
        else:
            out[f"{block}.{inner[rest]}.{leaf}"] = value
    return out


def golden(name, seed, size, patch, dim, depths, heads, window, classes, qkv_bias=True, layout="new"):
    w = make_weights(seed, patch, dim, depths, heads, window, classes, qkv_bias)
    pixels = w.pixels(2, *size)
    args = {"img_size": list(size), "patch_size": patch, "embed_dim": dim, "depths": depths, "num_heads": heads, "window_size": window, "num_classes": classes}
    hf = {
        "model_type": "swin",
        "image_size": list(size),
        "patch_size": patch,
        "embed_dim": dim,
        "depths": depths,
        "num_heads": heads,
        "window_size": window,
        "hidden_act": "gelu",
        "layer_norm_eps": EPS,
        "hidden_size": dim * 2 ** (len(depths) - 1),
    }
    timm = new_timm_names(w) if layout == "new" else dict(w)
    output = forward(w, pixels, patch, depths, heads, window)
    write(name, timm, {"architecture": "swin_tiny_patch4_window7_224", "model_args": args}, hf_names(w), hf, pixels, output)


# Shifted windows of odd width, an image that is not square, widths that are no multiple of four.
golden("swin", 1, (24, 36), 2, 6, [2, 2], [1, 2], 3, 5)
# The last stage is a single window, which is never shifted; no classifier, no bias in qkv; the old layout.
golden("swin-features", 2, (16, 16), 2, 8, [2, 2], [2, 4], 4, 0, qkv_bias=False, layout="old")
