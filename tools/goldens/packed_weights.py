"""A Vision Transformer whose Linears are packed as GPTQ, AWQ and compressed-tensors pack them, and its logits: src/models/packed/goldens/*.safetensors.

Codes, scales and zero points are drawn, packed as the formats are defined, and multiplied with as (code - zero) * scale by PyTorch in f32.
Definitions: AutoGPTQ (qlinear_cuda: pack), AWQ (WQLinear_GEMM.from_linear), compressed-tensors (pack_quantized, naive_quantized).
Run from the package root with Debian's python3-torch:  /usr/bin/python3 tools/goldens/packed_weights.py
"""

import json
import math
import pathlib
import struct

import numpy as np
import torch
import torch.nn.functional as F

FOLDER = pathlib.Path(__file__).resolve().parents[2] / "src/models/packed/goldens"
DIM, HEADS, HIDDEN, PATCH, SIDE, CLASSES, EPS = 32, 2, 64, 4, 8, 5, 1e-6
SHAPES = {"attn.qkv": (3 * DIM, DIM), "attn.proj": (DIM, DIM), "mlp.fc1": (HIDDEN, DIM), "mlp.fc2": (DIM, HIDDEN)}


def stream(codes, bits):
    """Codes [count, ...] along the first axis as one stream of bits, lowest first, cut into 32-bit words."""
    bit = ((codes[:, None] >> np.arange(bits).reshape(1, bits, *[1] * (codes.ndim - 1))) & 1).reshape(-1, *codes.shape[1:])
    words = bit.reshape(-1, 32, *codes.shape[1:]).astype(np.uint64)
    return (words << np.arange(32, dtype=np.uint64).reshape(1, 32, *[1] * (codes.ndim - 1))).sum(1).astype(np.uint32).view(np.int32)


def whole(codes, bits):
    """Codes [rows, count]: floor(32 / bits) a word, the rest of its bits empty."""
    per = 32 // bits
    padded = np.pad(codes, ((0, 0), (0, -codes.shape[1] % per))).reshape(codes.shape[0], -1, per).astype(np.uint64)
    return (padded << (bits * np.arange(per, dtype=np.uint64))).sum(2).astype(np.uint32).view(np.int32)


def gptq(layer, version):
    # Codes [K,N] along K; zero points [groups,N] along N, one less in version 1, where -1 becomes the largest code.
    q, zero, scale, bits, group = layer["q"], layer["zero"], layer["scale"], layer["bits"], layer["group"]
    stored = (zero - 1) % 2**bits if version == 1 else zero
    return {
        "qweight": stream(q.T, bits),
        "qzeros": stream(np.ascontiguousarray(stored), bits).T,
        "scales": scale.T.astype(np.float16),
        "g_idx": group.astype(np.int32),
    }


def awq(layer, _):
    order = [0, 2, 4, 6, 1, 3, 5, 7]
    words = lambda codes: whole(codes.reshape(codes.shape[0], -1, 8)[:, :, order].reshape(codes.shape), 4)
    return {"qweight": words(layer["q"].T), "qzeros": words(layer["zero"].T), "scales": layer["scale"].T.astype(np.float16)}


def pack_quantized(layer, _):
    bits = layer["bits"]
    out = {
        "weight_packed": whole(layer["q"], bits),
        "weight_scale": layer["scale"].astype(np.float16),
        "weight_shape": np.array(layer["q"].shape, dtype=np.int64),
    }
    if layer["asymmetric"]:
        out["weight_zero_point"] = whole(layer["zero"].T, bits).T
    return out


def int_quantized(layer, _):
    out = {"weight": (layer["q"] - 128).astype(np.int8), "weight_scale": layer["scale"].astype(np.float16)}
    if layer["input"]:
        step, zero = layer["input"]
        out["input_scale"] = np.array([step], dtype=np.float32)
        out["input_zero_point"] = np.array([zero - 128], dtype=np.int8)
    return out


def draw(rng, shape, bits, size, asymmetric, act_order=False, input_grid=None):
    n, k = shape
    groups = k // size if size else 1
    group = np.arange(k) // (size or k)
    if act_order:
        group = rng.permutation(group)
    return {
        "bits": bits,
        "q": rng.integers(0, 2**bits, (n, k)),
        "zero": rng.integers(0, 2**bits, (n, groups)) if asymmetric else np.full((n, groups), 2 ** (bits - 1)),
        "scale": (rng.uniform(0.5, 1.5, (n, groups)) * 2.5 / 2**bits / math.sqrt(k)).astype(np.float16).astype(np.float32),
        "group": group,
        "asymmetric": asymmetric,
        "input": input_grid,
    }


def dense(layer):
    entry = layer["group"]
    return torch.from_numpy(((layer["q"] - layer["zero"][:, entry]).astype(np.float32) * layer["scale"][:, entry]))


def rounded(x, grid):
    if not grid:
        return x
    step, zero = np.float32(grid[0]), grid[1]
    return (torch.clamp(torch.round(x / step) + zero, 0, 255) - zero) * step


def forward(w, weights, grids, x):
    lin = lambda name, y: F.linear(rounded(y, grids[name]), weights[name], w[f"blocks.0.{name}.bias"])
    norm = lambda name, y: F.layer_norm(y, (DIM,), w[f"{name}.weight"], w[f"{name}.bias"], EPS)
    x = F.conv2d(x, w["patch_embed.proj.weight"], w["patch_embed.proj.bias"], stride=PATCH).flatten(2).transpose(1, 2)
    x = torch.cat([w["cls_token"].expand(x.shape[0], -1, -1), x], 1) + w["pos_embed"]
    b, n, c = x.shape
    q, k, v = lin("attn.qkv", norm("blocks.0.norm1", x)).reshape(b, n, 3, HEADS, c // HEADS).permute(2, 0, 3, 1, 4)
    y = ((q @ k.transpose(-2, -1)) * (c // HEADS) ** -0.5).softmax(-1) @ v
    x = x + lin("attn.proj", y.transpose(1, 2).reshape(b, n, c))
    x = x + lin("mlp.fc2", F.gelu(lin("mlp.fc1", norm("blocks.0.norm2", x))))
    return F.linear(norm("norm", x)[:, 0], w["head.weight"], w["head.bias"])


def floats(rng):
    half = lambda *shape, scale=0.2, offset=0.0: torch.from_numpy((offset + scale * rng.standard_normal(shape)).astype(np.float16).astype(np.float32))
    w = {"cls_token": half(1, 1, DIM), "pos_embed": half(1, (SIDE // PATCH) ** 2 + 1, DIM)}
    w["patch_embed.proj.weight"], w["patch_embed.proj.bias"] = half(DIM, 3, PATCH, PATCH), half(DIM)
    for name in ("blocks.0.norm1", "blocks.0.norm2", "norm"):
        w[f"{name}.weight"], w[f"{name}.bias"] = half(DIM, offset=1.0), half(DIM)
    for name, (n, _) in SHAPES.items():
        w[f"blocks.0.{name}.bias"] = half(n)
    w["head.weight"], w["head.bias"] = half(CLASSES, DIM), half(CLASSES)
    return w


HF = {
    "cls_token": "vit.embeddings.cls_token",
    "pos_embed": "vit.embeddings.position_embeddings",
    "patch_embed.proj": "vit.embeddings.patch_embeddings.projection",
    "norm": "vit.layernorm",
    "head": "classifier",
    "blocks.0.norm1": "vit.encoder.layer.0.layernorm_before",
    "blocks.0.norm2": "vit.encoder.layer.0.layernorm_after",
    "blocks.0.attn.proj": "vit.encoder.layer.0.attention.output.dense",
    "blocks.0.mlp.fc1": "vit.encoder.layer.0.intermediate.dense",
    "blocks.0.mlp.fc2": "vit.encoder.layer.0.output.dense",
}


def hugging_face(tensors):
    """timm's names to Hugging Face's; rows of query, key and value apart, whichever axis of the packed tensor they lie on."""
    out = {}
    for name, value in tensors.items():
        module, _, leaf = name.rpartition(".")
        if module == "blocks.0.attn.qkv":
            axis = 1 if leaf in ("qweight", "qzeros", "scales") else 0
            for i, part in enumerate(("query", "key", "value")):
                target = f"vit.encoder.layer.0.attention.attention.{part}.{leaf}"
                if leaf == "weight_shape":
                    out[target] = np.array([DIM, DIM], dtype=np.int64)
                elif leaf in ("g_idx", "input_scale", "input_zero_point"):
                    out[target] = value
                else:
                    out[target] = np.split(value, 3, axis)[i]
        else:
            out[HF[name] if name in HF else f"{HF[module]}.{leaf}"] = value
    return out


def write(name, config, tensors, pixels, logits):
    dtypes = {"float32": "F32", "float16": "F16", "int32": "I32", "int64": "I64", "int8": "I8"}
    arrays = {f"model/{key}": value for key, value in tensors.items()}
    arrays.update(pixels=pixels.numpy().astype(np.float16), output=logits.numpy())
    header, blobs, at = {"__metadata__": {"config": json.dumps(config)}}, [], 0
    for key, array in arrays.items():
        data = np.ascontiguousarray(array).tobytes()
        header[key] = {"dtype": dtypes[str(array.dtype)], "shape": list(array.shape), "data_offsets": [at, at + len(data)]}
        blobs.append(data)
        at += len(data)
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    (FOLDER / f"{name}.safetensors").write_bytes(struct.pack("<Q", len(text)) + text + b"".join(blobs))
    print(name, logits[0].tolist())


def compressed(form, bits, activations=None, size=None, symmetric=True):
    weights = {"num_bits": bits, "type": "int", "symmetric": symmetric, "strategy": "group" if size else "channel", "group_size": size, "dynamic": False}
    group = {"targets": ["Linear"], "weights": weights, "input_activations": activations, "output_activations": None}
    return {"quant_method": "compressed-tensors", "format": form, "quantization_status": "compressed", "ignore": ["classifier"], "config_groups": {"group_0": group}}


STATIC = {"num_bits": 8, "type": "int", "symmetric": False, "strategy": "tensor", "dynamic": False}
CASES = {
    "gptq-4bit": (lambda l: gptq(l, 1), dict(bits=4, size=16, asymmetric=True), {"quant_method": "gptq", "bits": 4, "group_size": 16, "checkpoint_format": "gptq"}, False),
    "gptq-v2-3bit-act-order": (lambda l: gptq(l, 2), dict(bits=3, size=16, asymmetric=True, act_order=True), {"quant_method": "gptq", "bits": 3, "group_size": 16, "desc_act": True, "checkpoint_format": "gptq_v2"}, False),
    "gptq-8bit": (lambda l: gptq(l, 1), dict(bits=8, size=None, asymmetric=False), {"quant_method": "gptq", "bits": 8, "group_size": -1}, True),
    "awq": (lambda l: awq(l, 0), dict(bits=4, size=16, asymmetric=True), {"quant_method": "awq", "bits": 4, "group_size": 16, "version": "gemm"}, False),
    "ct-4bit-group": (lambda l: pack_quantized(l, 0), dict(bits=4, size=16, asymmetric=True), compressed("pack-quantized", 4, size=16, symmetric=False), True),
    "ct-6bit-channel": (lambda l: pack_quantized(l, 0), dict(bits=6, size=None, asymmetric=False), compressed("pack-quantized", 6), False),
    "ct-int8-static": (lambda l: int_quantized(l, 0), dict(bits=8, size=None, asymmetric=False, input_grid=(0.03125, 117)), compressed("int-quantized", 8, STATIC), True),
}


def main():
    FOLDER.mkdir(exist_ok=True)
    for seed, (name, (pack, how, settings, is_hf)) in enumerate(CASES.items()):
        rng = np.random.default_rng(seed)
        w = floats(rng)
        pixels = torch.from_numpy(rng.standard_normal((2, 3, SIDE, SIDE)).astype(np.float16).astype(np.float32))
        layers = {key: draw(rng, shape, **how) for key, shape in SHAPES.items()}
        with torch.no_grad():
            logits = forward(w, {key: dense(layer) for key, layer in layers.items()}, {key: layer["input"] for key, layer in layers.items()}, pixels)
        tensors = {key: value.numpy().astype(np.float16) for key, value in w.items()}
        for key, layer in layers.items():
            tensors.update({f"blocks.0.{key}.{part}": value for part, value in pack(layer).items()})
        config = {"quantization_config": settings}
        if is_hf:
            tensors = hugging_face(tensors)
            config.update(model_type="vit", num_attention_heads=HEADS, hidden_act="gelu", layer_norm_eps=EPS)
        else:
            config.update(architecture="vit_tiny_golden", model_args={"num_heads": HEADS, "norm_eps": EPS})
        write(name, config, tensors, pixels, logits)


main()
