"""Convolutional hybrids: src/models/goldens/{tiny_vit,mobilevit}*.safetensors.

TinyViT (Wu et al. 2022, arXiv 2207.10666) and MobileViT (Mehta, Rastegari 2022, arXiv 2110.02178), forwards of the published architectures over tensors in timm's
names; TinyViT's also in its authors', MobileViT's also in Hugging Face's, whose models read blue, green, red.
Run from the package root with Debian's python3-torch:  /usr/bin/python3 tools/goldens/families/hybrids.py
"""

import re

import torch
import torch.nn.functional as F

from common import Weights, linear, norm, write

EPS = 1e-5


def draw_conv(w, name, width, channels, kernel, groups=1):
    """A convolution without bias and the BatchNorm behind it."""
    inputs = channels // groups * kernel * kernel
    w.draw(f"{name}.conv.weight", (width, channels // groups, kernel, kernel), 1 / inputs**0.5)
    w.norm(f"{name}.bn", width)
    w.draw(f"{name}.bn.running_mean", (width,), 0.3)
    w[f"{name}.bn.running_var"] = torch.rand(width, generator=w.generator).add(0.5).half().float()


def conv(w, name, x, stride=1):
    weight = w[f"{name}.conv.weight"]
    groups = x.shape[1] // weight.shape[1]
    y = F.conv2d(x, weight, None, stride, weight.shape[-1] // 2, 1, groups)
    bn = [w[f"{name}.bn.{part}"] for part in ("running_mean", "running_var", "weight", "bias")]
    return F.batch_norm(y, *bn, training=False, eps=1e-5)


def rows(x):
    return x.flatten(2).transpose(1, 2)


def heads_of(x, heads):
    return x.reshape(*x.shape[:2], heads, -1).transpose(1, 2)


def tiny_vit_attention(w, name, x, window, heads):
    """x: [B*W, N, D]; query, key and value of a head lie side by side."""
    b, n, d = x.shape
    key_dim = d // heads
    x = norm(w, f"{name}.norm", x, EPS)
    q, k, v = linear(w, f"{name}.qkv", x).view(b, n, heads, -1).split([key_dim] * 3, dim=3)
    q, k, v = (part.permute(0, 2, 1, 3) for part in (q, k, v))
    points = [(y, x) for y in range(window) for x in range(window)]
    offsets, index = {}, []
    for p in points:
        for o in points:
            offset = (abs(p[0] - o[0]), abs(p[1] - o[1]))
            index.append(offsets.setdefault(offset, len(offsets)))
    bias = w[f"{name}.attention_biases"][:, torch.tensor(index).view(n, n)]
    p = (q @ k.transpose(-2, -1) * key_dim**-0.5 + bias).softmax(-1)
    return linear(w, f"{name}.proj", (p @ v).transpose(1, 2).reshape(b, n, d))


def tiny_vit(name, seed, size, dims, depths, heads, windows, classes):
    w = Weights(seed)
    draw_conv(w, "patch_embed.conv1", dims[0] // 2, 3, 3)
    draw_conv(w, "patch_embed.conv2", dims[0], dims[0] // 2, 3)
    for i in range(depths[0]):
        b, hidden = f"stages.0.blocks.{i}", 2 * dims[0]
        draw_conv(w, f"{b}.conv1", hidden, dims[0], 1)
        draw_conv(w, f"{b}.conv2", hidden, hidden, 3, hidden)
        draw_conv(w, f"{b}.conv3", dims[0], hidden, 1)
    for s in range(1, len(dims)):
        d = dims[s]
        draw_conv(w, f"stages.{s}.downsample.conv1", d, dims[s - 1], 1)
        draw_conv(w, f"stages.{s}.downsample.conv2", d, d, 3, d)
        draw_conv(w, f"stages.{s}.downsample.conv3", d, d, 1)
        for i in range(depths[s]):
            b = f"stages.{s}.blocks.{i}"
            w.norm(f"{b}.attn.norm", d)
            w.linear(f"{b}.attn.qkv", 3 * d, d)
            w.linear(f"{b}.attn.proj", d, d)
            w.draw(f"{b}.attn.attention_biases", (heads[s], windows[s] ** 2), 1.0)
            draw_conv(w, f"{b}.local_conv", d, d, 3, d)
            w.norm(f"{b}.mlp.norm", d)
            w.linear(f"{b}.mlp.fc1", 2 * d, d)
            w.linear(f"{b}.mlp.fc2", d, 2 * d)
    w.norm("head.norm", dims[-1])
    w.linear("head.fc", classes, dims[-1])

    pixels = w.pixels(2, size, size)
    x = conv(w, "patch_embed.conv2", F.gelu(conv(w, "patch_embed.conv1", pixels, 2)), 2)
    for i in range(depths[0]):
        b = f"stages.0.blocks.{i}"
        y = F.gelu(conv(w, f"{b}.conv2", F.gelu(conv(w, f"{b}.conv1", x))))
        x = F.gelu(x + conv(w, f"{b}.conv3", y))
    for s in range(1, len(dims)):
        c = f"stages.{s}.downsample"
        x = conv(w, f"{c}.conv3", F.gelu(conv(w, f"{c}.conv2", F.gelu(conv(w, f"{c}.conv1", x)), 2)))
        for i in range(depths[s]):
            b, k = f"stages.{s}.blocks.{i}", windows[s]
            n, d, height, width = x.shape
            cut = x.permute(0, 2, 3, 1).view(n, height // k, k, width // k, k, d).transpose(2, 3).reshape(-1, k * k, d)
            y = tiny_vit_attention(w, f"{b}.attn", cut, k, heads[s])
            y = y.view(n, height // k, width // k, k, k, d).transpose(2, 3).reshape(n, height, width, d)
            x = conv(w, f"{b}.local_conv", x + y.permute(0, 3, 1, 2))
            y = linear(w, f"{b}.mlp.fc2", F.gelu(linear(w, f"{b}.mlp.fc1", norm(w, f"{b}.mlp.norm", rows(x), EPS))))
            x = x + y.transpose(1, 2).view(n, d, height, width)
    output = linear(w, "head.fc", norm(w, "head.norm", x.mean((2, 3)), EPS))
    write(name, w, {"architecture": name, "img_size": size}, None, None, pixels, output)
    # The authors' names, where merging belongs to the stage before; no file says the size of the image there.
    original = {}
    for key, value in w.items():
        key = re.sub(r"\.conv\.weight$", ".c.weight", key)
        key = re.sub(r"^patch_embed\.conv([12])", lambda m: f"patch_embed.seq.{2 * int(m[1]) - 2}", key)
        key = re.sub(r"^stages\.(\d+)\.downsample", lambda m: f"layers.{int(m[1]) - 1}.downsample", key)
        key = re.sub(r"^stages\.", "layers.", key)
        original[key.replace("head.norm.", "norm_head.").replace("head.fc.", "head.")] = value
    write(f"{name}-original", original, {}, None, None, pixels, output)


def mobilevit_block(w, b, x, heads, depth, patch):
    shortcut = x
    x = F.silu(conv(w, f"{b}.conv_kxk", x))
    x = F.conv2d(x, w[f"{b}.conv_1x1.weight"])
    n, d, height, width = x.shape
    down, across = height // patch, width // patch
    # Pixels at the same place of their patches attend to each other: [B * patch^2, patches, D]
    x = x.view(n, d, down, patch, across, patch).permute(0, 3, 5, 2, 4, 1).reshape(n * patch**2, down * across, d)
    for i in range(depth):
        t = f"{b}.transformer.{i}"
        q, k, v = (heads_of(part, heads) for part in linear(w, f"{t}.attn.qkv", norm(w, f"{t}.norm1", x, EPS)).chunk(3, -1))
        y = (q @ k.transpose(-2, -1) * (d // heads) ** -0.5).softmax(-1) @ v
        x = x + linear(w, f"{t}.attn.proj", y.transpose(1, 2).reshape(x.shape))
        x = x + linear(w, f"{t}.mlp.fc2", F.silu(linear(w, f"{t}.mlp.fc1", norm(w, f"{t}.norm2", x, EPS))))
    x = norm(w, f"{b}.norm", x, EPS)
    x = x.view(n, patch, patch, down, across, d).permute(0, 5, 3, 1, 4, 2).reshape(n, d, height, width)
    x = F.silu(conv(w, f"{b}.conv_proj", x))
    return F.silu(conv(w, f"{b}.conv_fusion", torch.cat((shortcut, x), 1)))


HUGGING_FACE = [
    (r"^stem\.", "mobilevit.conv_stem."),
    (r"^stages\.([01])\.(\d+)\.", r"mobilevit.encoder.layer.\1.layer.\2."),
    (r"^stages\.(\d+)\.0\.", r"mobilevit.encoder.layer.\1.downsampling_layer."),
    (r"^stages\.(\d+)\.1\.", r"mobilevit.encoder.layer.\1."),
    (r"\.conv1_1x1\.", ".expand_1x1."),
    (r"\.conv2_kxk\.", ".conv_3x3."),
    (r"\.conv3_1x1\.", ".reduce_1x1."),
    (r"\.transformer\.(\d+)\.norm1\.", r".transformer.layer.\1.layernorm_before."),
    (r"\.transformer\.(\d+)\.norm2\.", r".transformer.layer.\1.layernorm_after."),
    (r"\.transformer\.(\d+)\.attn\.proj\.", r".transformer.layer.\1.attention.output.dense."),
    (r"\.transformer\.(\d+)\.attn\.", r".transformer.layer.\1.attention.attention."),
    (r"\.transformer\.(\d+)\.mlp\.fc1\.", r".transformer.layer.\1.intermediate.dense."),
    (r"\.transformer\.(\d+)\.mlp\.fc2\.", r".transformer.layer.\1.output.dense."),
    (r"\.norm\.", ".layernorm."),
    (r"\.conv_proj\.", ".conv_projection."),
    (r"\.conv_fusion\.", ".fusion."),
    (r"\.conv_1x1\.weight$", ".conv_1x1.convolution.weight"),
    (r"^final_conv\.", "mobilevit.conv_1x1_exp."),
    (r"^head\.fc\.", "classifier."),
    (r"\.conv\.weight$", ".convolution.weight"),
    (r"\.bn\.", ".normalization."),
]


def mobilevit(name, seed, size, stem, widths, expansion, dim, depth, heads, classes):
    w = Weights(seed)
    draw_conv(w, "stem", stem, 3, 3)
    channels = stem
    for s, width in enumerate(widths):
        for i in range(2 if s == 1 else 1):
            b, hidden = f"stages.{s}.{i}", channels * expansion
            draw_conv(w, f"{b}.conv1_1x1", hidden, channels, 1)
            draw_conv(w, f"{b}.conv2_kxk", hidden, hidden, 3, hidden)
            draw_conv(w, f"{b}.conv3_1x1", width, hidden, 1)
            channels = width
        if s < 2:
            continue
        b = f"stages.{s}.1"
        draw_conv(w, f"{b}.conv_kxk", width, width, 3)
        w.draw(f"{b}.conv_1x1.weight", (dim, width, 1, 1), 1 / width**0.5)
        for i in range(depth):
            t = f"{b}.transformer.{i}"
            w.norm(f"{t}.norm1", dim)
            w.linear(f"{t}.attn.qkv", 3 * dim, dim)
            w.linear(f"{t}.attn.proj", dim, dim)
            w.norm(f"{t}.norm2", dim)
            w.linear(f"{t}.mlp.fc1", 2 * dim, dim)
            w.linear(f"{t}.mlp.fc2", dim, 2 * dim)
        w.norm(f"{b}.norm", dim)
        draw_conv(w, f"{b}.conv_proj", width, dim, 1)
        draw_conv(w, f"{b}.conv_fusion", width, 2 * width, 3)
    draw_conv(w, "final_conv", 2 * channels, channels, 1)
    w.linear("head.fc", classes, 2 * channels)

    pixels = w.pixels(2, size, size)
    x = F.silu(conv(w, "stem", pixels, 2))
    for s in range(len(widths)):
        for i in range(2 if s == 1 else 1):
            b, stride = f"stages.{s}.{i}", 2 if s > 0 and i == 0 else 1
            y = F.silu(conv(w, f"{b}.conv2_kxk", F.silu(conv(w, f"{b}.conv1_1x1", x)), stride))
            y = conv(w, f"{b}.conv3_1x1", y)
            x = x + y if y.shape == x.shape and stride == 1 else y
        if s >= 2:
            x = mobilevit_block(w, f"stages.{s}.1", x, heads, depth, 2)
    output = linear(w, "head.fc", F.silu(conv(w, "final_conv", x)).mean((2, 3)))

    hf = {}
    for key, value in w.items():
        parts = {key: value}
        if ".attn.qkv." in key:
            parts = {key.replace(".qkv.", f".{part}."): third for part, third in zip(("query", "key", "value"), value.chunk(3))}
        if key == "stem.conv.weight":
            parts = {key: value.flip(1)}
        for part, tensor in parts.items():
            for pattern, replacement in HUGGING_FACE:
                part = re.sub(pattern, replacement, part)
            hf[part] = tensor
    config = {"architecture": "mobilevit_s", "img_size": size, "num_heads": heads}
    hf_config = {"model_type": "mobilevit", "image_size": size, "num_attention_heads": heads, "patch_size": 2, "hidden_act": "silu"}
    write(name, w, config, hf, hf_config, pixels, output)


tiny_vit("tiny_vit", 60, 32, [8, 12, 16], [1, 2, 1], [0, 3, 2], [0, 2, 2], 5)
mobilevit("mobilevit", 61, 32, 8, [8, 12, 12], 2, 16, 2, 4, 5)
