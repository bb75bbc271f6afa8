"""Attention of the research line in a ViT: src/models/goldens/{vit-clipped,vit-gated*,slab}.safetensors.

Clipped softmax and gated attention (Bondarenko, Nagel, Blankevoort 2023, arXiv 2306.12929, sections 4.1 and 4.2) under the names that the authors' program gives to
the gates, and simplified linear attention with RepBN (Guo et al. 2024: SLAB, arXiv 2405.11582) under its authors' names.
Run from the package root with Debian's python3-torch:  /usr/bin/python3 tools/goldens/families/attention_variants.py
"""

import re

import torch
import torch.nn.functional as F

from common import Weights, linear, norm, patch_embed, write

DIM, HEADS, HIDDEN, DEPTH, PATCH, SIZE = 12, 3, 20, 2, 4, 16
HEAD, PATCHES = DIM // HEADS, (SIZE // PATCH) ** 2


def heads_of(x):
    return x.reshape(*x.shape[:2], HEADS, HEAD).transpose(1, 2)


def gates(w, name, x, pooled):
    """Of each head [B,H,N,1], or None."""
    alpha = f"{name}.alpha"
    if alpha in w:
        return torch.sigmoid(w[alpha]).view(1, HEADS, 1, 1)
    if f"{alpha}.weight" in w:
        return torch.sigmoid(linear(w, alpha, x)).transpose(1, 2).unsqueeze(3)
    if f"{alpha}.0.weight" not in w and f"{alpha}.0.0.weight" not in w:
        return None
    logits = []
    for head, part in enumerate(heads_of(x).unbind(1)):
        if f"{alpha}.{head}.weight" in w:
            logits.append(linear(w, f"{alpha}.{head}", part))
        else:
            logits.append(linear(w, f"{alpha}.{head}.2", F.relu(linear(w, f"{alpha}.{head}.0", part))))
    logits = torch.stack(logits, 1)
    return torch.sigmoid(logits.mean(2, keepdim=True) if pooled else logits)


def golden(name, seed, config, draw_gates=None, pooled=False, stretch=None, hugging_face=False):
    w = Weights(seed)
    w.patches("patch_embed.proj", DIM, 3, PATCH)
    w.draw("cls_token", (1, 1, DIM), 0.5)
    w.draw("pos_embed", (1, 1 + PATCHES, DIM), 0.5)
    for i in range(DEPTH):
        b = f"blocks.{i}"
        w.norm(f"{b}.norm1", DIM)
        w.linear(f"{b}.attn.qkv", 3 * DIM, DIM)
        if draw_gates:
            draw_gates(w, f"{b}.attn.alpha")
        w.linear(f"{b}.attn.proj", DIM, DIM)
        w.norm(f"{b}.norm2", DIM)
        w.linear(f"{b}.mlp.fc1", HIDDEN, DIM)
        w.linear(f"{b}.mlp.fc2", DIM, HIDDEN)
    w.norm("norm", DIM)
    w.linear("head", 5, DIM)
    pixels = w.pixels(2, SIZE, SIZE)
    x = torch.cat((w["cls_token"].expand(2, 1, DIM), patch_embed(w, "patch_embed.proj", pixels)), 1) + w["pos_embed"]
    for i in range(DEPTH):
        b = f"blocks.{i}"
        y = norm(w, f"{b}.norm1", x, 1e-6)
        q, k, v = (heads_of(part) for part in linear(w, f"{b}.attn.qkv", y).chunk(3, -1))
        p = (q @ k.transpose(-2, -1) * HEAD**-0.5).softmax(-1)
        if stretch:
            gamma, zeta = stretch
            p = torch.clip(p * (zeta - gamma) + gamma, 0, 1)
        out = p @ v
        gate = gates(w, f"{b}.attn", y, pooled)
        if gate is not None:
            out = out * gate
        x = x + linear(w, f"{b}.attn.proj", out.transpose(1, 2).reshape(x.shape))
        x = x + linear(w, f"{b}.mlp.fc2", F.gelu(linear(w, f"{b}.mlp.fc1", norm(w, f"{b}.norm2", x, 1e-6))))
    output = linear(w, "head", norm(w, "norm", x, 1e-6)[:, 0])
    architecture = {"architecture": "vit_tiny_patch4_16", "num_heads": HEADS, **config}
    hf, hf_config = None, None
    if hugging_face:
        hf = named_by_hugging_face(w)
        hf_config = {"model_type": "vit", "num_attention_heads": HEADS, "layer_norm_eps": 1e-6, "hidden_act": "gelu", **config}
    write(name, w, architecture, hf, hf_config, pixels, output)


RULES = [
    (r"^cls_token$", "vit.embeddings.cls_token"),
    (r"^pos_embed$", "vit.embeddings.position_embeddings"),
    (r"^patch_embed\.proj\.", "vit.embeddings.patch_embeddings.projection."),
    (r"^blocks\.(\d+)\.norm1\.", r"vit.encoder.layer.\1.layernorm_before."),
    (r"^blocks\.(\d+)\.norm2\.", r"vit.encoder.layer.\1.layernorm_after."),
    (r"^blocks\.(\d+)\.attn\.proj\.", r"vit.encoder.layer.\1.attention.output.dense."),
    (r"^blocks\.(\d+)\.attn\.", r"vit.encoder.layer.\1.attention.attention."),
    (r"^blocks\.(\d+)\.mlp\.fc1\.", r"vit.encoder.layer.\1.intermediate.dense."),
    (r"^blocks\.(\d+)\.mlp\.fc2\.", r"vit.encoder.layer.\1.output.dense."),
    (r"^norm\.", "vit.layernorm."),
    (r"^head\.", "classifier."),
]


def named_by_hugging_face(w):
    out = {}
    for key, value in w.items():
        parts = {key: value}
        if ".qkv." in key:
            parts = {key.replace(".qkv.", f".{part}."): third for part, third in zip(("query", "key", "value"), value.chunk(3))}
        for part, tensor in parts.items():
            for pattern, replacement in RULES:
                part = re.sub(pattern, replacement, part)
            out[part] = tensor
    return out


def gate_of_each_head(w, alpha):
    for head in range(HEADS):
        w.linear(f"{alpha}.{head}", 1, HEAD)


def gate_by_mlp(w, alpha):
    for head in range(HEADS):
        w.linear(f"{alpha}.{head}.0", 2, HEAD)
        w.linear(f"{alpha}.{head}.2", 1, 2)


def slab(name, seed):
    w = Weights(seed)

    def draw_norm(at):
        w.norm(f"{at}.norm2.bn", DIM)
        w.draw(f"{at}.norm2.bn.running_mean", (DIM,), 0.3)
        w[f"{at}.norm2.bn.running_var"] = torch.rand(DIM, generator=w.generator).add(0.5).half().float()
        w.draw(f"{at}.norm2.alpha", (1,), 0.1, 0.5)

    def rep_bn(at, x):
        bn = [w[f"{at}.norm2.bn.{part}"] for part in ("running_mean", "running_var", "weight", "bias")]
        return F.batch_norm(x.transpose(1, 2), *bn, training=False, eps=1e-5).transpose(1, 2) + w[f"{at}.norm2.alpha"] * x

    w.patches("patch_embed.proj", DIM, 3, PATCH)
    w.draw("cls_token", (1, 1, DIM), 0.5)
    w.draw("pos_embed", (1, PATCHES, DIM), 0.5)
    for i in range(DEPTH):
        b = f"blocks.{i}"
        draw_norm(f"{b}.norm1")
        w.linear(f"{b}.attn.qkv", 3 * DIM, DIM)
        w.draw(f"{b}.attn.positional_encoding", (1, PATCHES, DIM), 0.5)
        w.draw(f"{b}.attn.dwc.weight", (HEAD, 1, 5, 5), 0.2)
        w.draw(f"{b}.attn.dwc.bias", (HEAD,), 0.2)
        w.linear(f"{b}.attn.proj", DIM, DIM)
        draw_norm(f"{b}.norm2")
        w.linear(f"{b}.mlp.fc1", HIDDEN, DIM)
        w.linear(f"{b}.mlp.fc2", DIM, HIDDEN)
    draw_norm("norm")
    w.linear("head", 5, DIM)
    pixels = w.pixels(2, SIZE, SIZE)
    side = SIZE // PATCH
    x = patch_embed(w, "patch_embed.proj", pixels) + w["pos_embed"]
    for i in range(DEPTH):
        b = f"blocks.{i}"
        q, k, v = linear(w, f"{b}.attn.qkv", rep_bn(f"{b}.norm1", x)).chunk(3, -1)
        q, k, v = (heads_of(part) for part in (F.relu(q), F.relu(k + w[f"{b}.attn.positional_encoding"]), v))
        z = 1 / ((q * k.sum(2, keepdim=True)).sum(-1, keepdim=True) + 1e-6)
        out = q @ (k.transpose(-2, -1) @ v) * z
        maps = v.transpose(-2, -1).reshape(-1, HEAD, side, side)
        maps = F.conv2d(maps, w[f"{b}.attn.dwc.weight"], w[f"{b}.attn.dwc.bias"], padding=2, groups=HEAD)
        out = out + maps.reshape(-1, HEADS, HEAD, PATCHES).transpose(-2, -1)
        x = x + linear(w, f"{b}.attn.proj", out.transpose(1, 2).reshape(x.shape))
        x = x + linear(w, f"{b}.mlp.fc2", F.gelu(linear(w, f"{b}.mlp.fc1", rep_bn(f"{b}.norm2", x))))
    output = linear(w, "head", rep_bn("norm", x).mean(1))
    write(name, w, {"architecture": "slab_deit_tiny"}, None, None, pixels, output)


golden("vit-clipped", 70, {"attn_softmax": "clipped(-.03:1.1)"}, stretch=(-0.03, 1.1))
golden("vit-gated", 71, {}, gate_of_each_head, hugging_face=True)
golden("vit-gated-all", 72, {}, lambda w, alpha: w.linear(alpha, HEADS, DIM))
golden("vit-gated-mlp", 73, {"attn_gate_type": "conditional_per_head"}, gate_by_mlp, pooled=True)
golden("vit-gated-constant", 74, {}, lambda w, alpha: w.draw(alpha, (HEADS,), 1.0))
slab("slab", 75)
