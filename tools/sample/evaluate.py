"""Measures the exported sample model with NumPy alone (no PyTorch: an independent forward pass from the f16 file).

    python3 tools/sample/evaluate.py public/sample HELD-OUT-PREFIX [--count N]
    python3 tools/sample/evaluate.py public/sample HELD-OUT-PREFIX --calibration CALIBRATION-PREFIX --bits 8/8 6/6 4/4 3/3

With --bits it also simulates plain min-max quantization: weights per output channel, activations per tensor, uniform softmax, the image
at 8 bits, ranges seen by the float model on 32 calibration images; LayerNorm, GELU, softmax internals and the residual stream stay float.
"""
import argparse
import json
import os
import struct

import numpy as np


def read_safetensors(path):
    with open(path, "rb") as file:
        size = struct.unpack("<Q", file.read(8))[0]
        header = json.loads(file.read(size))
        data = file.read()
    return {name: np.frombuffer(data[slice(*entry["data_offsets"])], dtype=np.float16).reshape(entry["shape"]).astype(np.float32)
            for name, entry in header.items() if name != "__metadata__"}


def erf(x):
    """Abramowitz and Stegun 7.1.26, absolute error below 1.5e-7."""
    t = 1 / (1 + 0.3275911 * np.abs(x))
    poly = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))))
    return np.sign(x) * (1 - poly * np.exp(-x * x))


def min_max(x, low, high, bits):
    """Uniform quantization and back: q = clip(rint(x / scale) + zero, 0, 2^b - 1)."""
    levels = 2 ** bits - 1
    scale = np.maximum((high - low) / levels, 1e-8)
    zero = np.rint(-low / scale)
    return ((np.clip(np.rint(x / scale) + zero, 0, levels) - zero) * scale).astype(np.float32)


class Model:
    def __init__(self, folder, bits=None, ranges=None):
        """bits: (weights, activations) with the ranges that a float model on calibration images has seen; none: a float model."""
        with open(os.path.join(folder, "config.json")) as file:
            self.config = json.load(file)
        self.args = self.config["model_args"]
        self.weights = read_safetensors(os.path.join(folder, "model.safetensors"))
        self.bits, self.ranges = bits, {} if ranges is None else ranges
        if bits is not None:
            for name, w in self.weights.items():
                if name.endswith(".weight") and w.ndim in (2, 4):
                    rows = w.reshape(len(w), -1)
                    low, high = rows.min(1, keepdims=True), rows.max(1, keepdims=True)
                    self.weights[name] = min_max(rows, low, high, bits[0]).reshape(w.shape)

    def quantized(self, name, x, bits=None):
        if self.bits is not None:
            return min_max(x, *self.ranges[name], bits or self.bits[1])
        low, high = self.ranges.get(name, (np.inf, -np.inf))
        self.ranges[name] = (min(low, x.min()), max(high, x.max()))
        return x

    def linear(self, name, x):
        return self.quantized(name, x) @ self.weights[name + ".weight"].T + self.weights[name + ".bias"]

    def norm(self, name, x):
        centred = x - x.mean(-1, keepdims=True)
        return centred / np.sqrt((centred ** 2).mean(-1, keepdims=True) + 1e-6) * self.weights[name + ".weight"] + self.weights[name + ".bias"]

    def attention(self, name, x):
        batch, tokens, width = x.shape
        heads = self.args["num_heads"]
        q, k, v = self.linear(name + ".qkv", x).reshape(batch, tokens, 3, heads, width // heads).transpose(2, 0, 3, 1, 4)
        q, k = self.quantized(name + ".q", q), self.quantized(name + ".k", k)
        scores = q @ k.swapaxes(-1, -2) * (width // heads) ** -0.5
        scores = np.exp(scores - scores.max(-1, keepdims=True))
        scores /= scores.sum(-1, keepdims=True)
        out = self.quantized(name + ".softmax", scores) @ self.quantized(name + ".v", v)
        return self.linear(name + ".proj", out.transpose(0, 2, 1, 3).reshape(batch, tokens, width))

    def __call__(self, pixels):
        """pixels: u8 [B, H, W, 3] -> logits [B, classes]"""
        settings, patch = self.config["pretrained_cfg"], self.args["patch_size"]
        x = (pixels.astype(np.float32) / 255 - np.float32(settings["mean"])) / np.float32(settings["std"])
        batch, side = len(x), self.args["img_size"] // patch
        patches = x.reshape(batch, side, patch, side, patch, 3).transpose(0, 1, 3, 5, 2, 4).reshape(batch, side * side, -1)
        weight = self.weights["patch_embed.proj.weight"]
        patches = self.quantized("patch_embed", patches, 8) @ weight.reshape(len(weight), -1).T + self.weights["patch_embed.proj.bias"]
        token = np.broadcast_to(self.weights["cls_token"], (batch, 1, patches.shape[-1]))
        x = np.concatenate([token, patches], 1) + self.weights["pos_embed"]
        for block in range(self.args["depth"]):
            name = f"blocks.{block}"
            x = x + self.attention(name + ".attn", self.norm(name + ".norm1", x))
            hidden = self.linear(name + ".mlp.fc1", self.norm(name + ".norm2", x))
            x = x + self.linear(name + ".mlp.fc2", 0.5 * hidden * (1 + erf(hidden * np.float32(0.5 ** 0.5))))
        return self.linear("head", self.norm("norm", x[:, :1]))[:, 0]


def read_images(prefix, count=None):
    labels = np.fromfile(prefix + ".labels.u8", dtype=np.uint8)[:count]
    pixels = np.memmap(prefix + ".pixels.u8", dtype=np.uint8, mode="r").reshape(-1, 64, 64, 3)[:len(labels)]
    return pixels, labels


def predictions(model, pixels):
    return np.concatenate([model(pixels[at:at + 100]).argmax(1) for at in range(0, len(pixels), 100)])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("model")
    parser.add_argument("images")
    parser.add_argument("--count", type=int)
    parser.add_argument("--calibration")
    parser.add_argument("--bits", nargs="*", default=[])
    options = parser.parse_args()
    pixels, labels = read_images(options.images, options.count)
    model = Model(options.model)
    names = model.config["pretrained_cfg"]["label_names"]
    float_predictions = predictions(model, pixels)
    per_class = {name: round(float((float_predictions[labels == c] == c).mean()), 4) for c, name in enumerate(names)}
    wrong = [(names[a], names[b]) for a, b in zip(labels, float_predictions) if a != b]
    print(json.dumps({"images": len(labels), "float": float((float_predictions == labels).mean()), "perClass": per_class,
                      "commonest": sorted(((wrong.count(pair), *pair) for pair in set(wrong)), reverse=True)[:8]}))
    for text in options.bits:
        weights, activations = (int(part) for part in text.split("/"))
        observer = Model(options.model)
        observer(read_images(options.calibration, 32)[0])
        quantized = Model(options.model, (weights, activations), observer.ranges)
        found = predictions(quantized, pixels)
        print(json.dumps({"bits": text, "accuracy": float((found == labels).mean()), "agreement": float((found == float_predictions).mean())}))


if __name__ == "__main__":
    main()
