"""What the scripts beside it share: seeded weights, plain layers, and writing a golden file.

Weights are drawn, then rounded to f16 and stored so: a file stays small, and every program reads the same f32 numbers from it.
A golden holds the same model in both namings ("timm/...", "hf/..."), some pixels, and what PyTorch makes of them.
"""

import json
import math
import pathlib
import struct

import numpy as np
import torch
import torch.nn.functional as F

FOLDER = pathlib.Path(__file__).resolve().parents[3] / "src/models/goldens"


class Weights(dict):
    """Tensors by timm's names, drawn as they are asked for in the order of the calls."""

    def __init__(self, seed):
        super().__init__()
        self.generator = torch.Generator().manual_seed(seed)

    def draw(self, name, shape, scale, offset=0.0):
        value = offset + scale * torch.randn(*shape, generator=self.generator)
        self[name] = value.half().float()

    def linear(self, name, rows, columns, bias=True):
        self.draw(f"{name}.weight", (rows, columns), 1 / math.sqrt(columns))
        if bias:
            self.draw(f"{name}.bias", (rows,), 0.1)

    def norm(self, name, width):
        self.draw(f"{name}.weight", (width,), 0.3, 1.0)
        self.draw(f"{name}.bias", (width,), 0.2)

    def patches(self, name, width, channels, patch, bias=True):
        self.draw(f"{name}.weight", (width, channels, patch, patch), 1 / math.sqrt(channels * patch * patch))
        if bias:
            self.draw(f"{name}.bias", (width,), 0.1)

    def pixels(self, images, height, width, channels=3):
        return torch.randn(images, channels, height, width, generator=self.generator).half().float()


def linear(w, name, x):
    return F.linear(x, w[f"{name}.weight"], w.get(f"{name}.bias"))


def norm(w, name, x, eps):
    return F.layer_norm(x, x.shape[-1:], w[f"{name}.weight"], w[f"{name}.bias"], eps)


def patch_embed(w, name, x):
    weight = w[f"{name}.weight"]
    return F.conv2d(x, weight, w.get(f"{name}.bias"), stride=weight.shape[-1]).flatten(2).transpose(1, 2)


def activation(name, x):
    if name == "gelu":
        return F.gelu(x)
    if name == "gelu_tanh":
        return F.gelu(x, approximate="tanh")
    if name == "quick_gelu":
        return x * torch.sigmoid(1.702 * x)
    if name == "relu":
        return F.relu(x)
    if name == "silu":
        return F.silu(x)
    raise ValueError(name)


def write(name, timm, timm_config, hf, hf_config, pixels, output, run_size=None):
    """Either naming may be None. `run_size`: pixels of a side where it is another than the model's own."""
    namings = {"timm": (timm, timm_config), "hf": (hf, hf_config)}
    metadata = {naming: json.dumps(config) for naming, (tensors, config) in namings.items() if tensors is not None}
    metadata["torch"] = torch.__version__
    if run_size is not None:
        metadata["run_size"] = str(run_size)
    arrays = [("output", output.detach().numpy().astype("<f4"), "F32"), ("pixels", pixels.numpy().astype("<f2"), "F16")]
    for naming, (tensors, _) in namings.items():
        arrays += [(f"{naming}/{key}", value.detach().numpy().astype("<f2"), "F16") for key, value in (tensors or {}).items()]
    header, blobs, at = {"__metadata__": metadata}, [], 0
    for key, array, dtype in arrays:
        data = np.ascontiguousarray(array).tobytes()
        header[key] = {"dtype": dtype, "shape": list(array.shape), "data_offsets": [at, at + len(data)]}
        blobs.append(data)
        at += len(data)
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    FOLDER.mkdir(exist_ok=True)
    (FOLDER / f"{name}.safetensors").write_bytes(struct.pack("<Q", len(text)) + text + b"".join(blobs))
    print(f"{name}: {output.flatten()[:4].tolist()}")
