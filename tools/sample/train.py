"""Trains the sample's Vision Transformer on rendered images and exports it for the page.

    node tools/sample/render-dataset.mjs DIR/train 1000000 60000
    node tools/sample/render-dataset.mjs DIR/held-out 20000 2400
    python3 tools/sample/train.py DIR public/sample [--steps N] [--threads N] [--resume]

Needs PyTorch and NumPy (Debian: python3-torch). Parameters carry timm's names, so that the exported file is an ordinary timm ViT.
Plain supervised training: AdamW, warm-up and cosine decay, bf16 matrix products where the processor has them, float32 weights.
"""
import argparse
import json
import math
import os
import struct
import time

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

CLASSES = ["ball", "cube", "cylinder", "cone", "pyramid", "octahedron", "capsule", "ring",
           "mug", "bowl", "mushroom", "table", "arch", "star", "gear", "dumbbell"]
IMAGE, PATCH, WIDTH, DEPTH, HEADS, RATIO = 64, 8, 144, 8, 3, 3
MEAN, STD = 0.5, 0.5


class Attention(nn.Module):
    def __init__(self):
        super().__init__()
        self.qkv = nn.Linear(WIDTH, 3 * WIDTH)
        self.proj = nn.Linear(WIDTH, WIDTH)

    def forward(self, x):
        batch, tokens, _ = x.shape
        q, k, v = self.qkv(x).reshape(batch, tokens, 3, HEADS, WIDTH // HEADS).permute(2, 0, 3, 1, 4).unbind(0)
        weights = (q @ k.transpose(-2, -1) * (WIDTH // HEADS) ** -0.5).softmax(-1)
        return self.proj((weights @ v).transpose(1, 2).reshape(batch, tokens, WIDTH))


class Mlp(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc1 = nn.Linear(WIDTH, RATIO * WIDTH)
        self.fc2 = nn.Linear(RATIO * WIDTH, WIDTH)

    def forward(self, x):
        return self.fc2(F.gelu(self.fc1(x)))


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.norm1 = nn.LayerNorm(WIDTH, eps=1e-6)
        self.attn = Attention()
        self.norm2 = nn.LayerNorm(WIDTH, eps=1e-6)
        self.mlp = Mlp()

    def forward(self, x):
        x = x + self.attn(self.norm1(x))
        return x + self.mlp(self.norm2(x))


class PatchEmbed(nn.Module):
    def __init__(self):
        super().__init__()
        self.proj = nn.Conv2d(3, WIDTH, PATCH, stride=PATCH)

    def forward(self, x):
        # As one matrix product: [B, 3, H, W] -> [B, tokens, 3 * PATCH * PATCH] -> [B, tokens, WIDTH].
        batch, side = x.shape[0], IMAGE // PATCH
        patches = x.reshape(batch, 3, side, PATCH, side, PATCH).permute(0, 2, 4, 1, 3, 5).reshape(batch, side * side, -1)
        return F.linear(patches, self.proj.weight.reshape(WIDTH, -1), self.proj.bias)


class VisionTransformer(nn.Module):
    def __init__(self):
        super().__init__()
        tokens = (IMAGE // PATCH) ** 2 + 1
        self.cls_token = nn.Parameter(torch.zeros(1, 1, WIDTH))
        self.pos_embed = nn.Parameter(torch.zeros(1, tokens, WIDTH))
        self.patch_embed = PatchEmbed()
        self.blocks = nn.ModuleList(Block() for _ in range(DEPTH))
        self.norm = nn.LayerNorm(WIDTH, eps=1e-6)
        self.head = nn.Linear(WIDTH, len(CLASSES))
        nn.init.normal_(self.cls_token, std=0.02)
        with torch.no_grad():
            self.pos_embed[0, 1:] = sine_positions(IMAGE // PATCH, WIDTH)
        for module in self.modules():
            if isinstance(module, nn.Linear):
                nn.init.xavier_uniform_(module.weight)
                nn.init.zeros_(module.bias)

    def forward(self, x):
        x = self.patch_embed(x)
        x = torch.cat([self.cls_token.expand(x.shape[0], -1, -1).to(x.dtype), x], 1) + self.pos_embed
        for block in self.blocks:
            x = block(x)
        return self.head(self.norm(x[:, 0]))


def sine_positions(side, width):
    """Where learning of the position embedding starts: sines and cosines of row and column, as MoCo v3 has them."""
    quarter = width // 4
    rate = 1.0 / 100 ** (torch.arange(quarter) / quarter)
    row, column = torch.meshgrid(torch.arange(side).float(), torch.arange(side).float(), indexing="ij")
    r, c = row.reshape(-1, 1) * rate, column.reshape(-1, 1) * rate
    return torch.cat([r.sin(), r.cos(), c.sin(), c.cos()], 1) * 0.5


class Images:
    """Rendered u8 images [N, 64, 64, 3] on disk, and their labels."""

    def __init__(self, prefix):
        self.labels = np.fromfile(prefix + ".labels.u8", dtype=np.uint8)
        self.pixels = np.memmap(prefix + ".pixels.u8", dtype=np.uint8, mode="r", shape=(len(self.labels), IMAGE, IMAGE, 3))

    def batch(self, indices, generator=None):
        pixels = self.pixels[np.sort(indices)]
        if generator is not None:
            pixels = augment(pixels, generator)
        x = torch.from_numpy(np.ascontiguousarray(pixels.transpose(0, 3, 1, 2))).float().div_(255)
        return x.sub_(MEAN).div_(STD), torch.from_numpy(self.labels[np.sort(indices)].astype(np.int64))


def augment(pixels, generator):
    """Mirror images (no class has a handedness), exchange colour channels (colours are random anyway), shift by up to four pixels."""
    out = np.empty_like(pixels)
    for n, image in enumerate(pixels):
        image = image[:, :, generator.permutation(3)]
        if generator.random() < 0.5:
            image = image[:, ::-1]
        dy, dx = generator.integers(-4, 5, 2)
        rows = np.clip(np.arange(IMAGE) + dy, 0, IMAGE - 1)
        columns = np.clip(np.arange(IMAGE) + dx, 0, IMAGE - 1)
        out[n] = image[rows][:, columns]
    return out


def accuracy(model, images, count, bf16=True):
    model.eval()
    right = 0
    with torch.no_grad():
        for start in range(0, count, 200):
            x, y = images.batch(np.arange(start, min(start + 200, count)))
            with torch.autocast("cpu", torch.bfloat16, enabled=bf16):
                right += (model(x).argmax(1) == y).sum().item()
    model.train()
    return right / count


def export(model, folder):
    """model.safetensors with f16 values and config.json in timm's style."""
    entries, blobs, at = {}, [], 0
    for name, value in sorted(model.state_dict().items()):
        blob = value.detach().to(torch.float16).numpy().tobytes()
        entries[name] = {"dtype": "F16", "shape": list(value.shape), "data_offsets": [at, at + len(blob)]}
        blobs.append(blob)
        at += len(blob)
    header = json.dumps({"__metadata__": {"format": "pt"}, **entries}, separators=(",", ":")).encode()
    header += b" " * (-len(header) % 8)
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, "model.safetensors"), "wb") as file:
        file.write(struct.pack("<Q", len(header)) + header + b"".join(blobs))
    config = {
        "architecture": "vit_small_patch8_64",
        "num_classes": len(CLASSES),
        "num_features": WIDTH,
        "global_pool": "token",
        "model_args": {"img_size": IMAGE, "patch_size": PATCH, "embed_dim": WIDTH, "depth": DEPTH, "num_heads": HEADS,
                       "mlp_ratio": RATIO, "qkv_bias": True, "class_token": True, "num_classes": len(CLASSES)},
        "pretrained_cfg": {"tag": "vitrine_sample", "input_size": [3, IMAGE, IMAGE], "fixed_input_size": True,
                           "interpolation": "bicubic", "crop_pct": 1.0, "crop_mode": "center",
                           "mean": [MEAN] * 3, "std": [STD] * 3, "num_classes": len(CLASSES), "label_names": CLASSES,
                           "pool_size": None, "first_conv": "patch_embed.proj", "classifier": "head"},
        "id2label": {str(i): name for i, name in enumerate(CLASSES)},
    }
    with open(os.path.join(folder, "config.json"), "w") as file:
        json.dump(config, file, indent=2)
        file.write("\n")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("data")
    parser.add_argument("out")
    parser.add_argument("--steps", type=int, default=4000)
    parser.add_argument("--batch", type=int, default=128)
    parser.add_argument("--rate", type=float, default=1e-3)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--every", type=int, default=200)
    parser.add_argument("--resume", action="store_true")
    options = parser.parse_args()

    torch.manual_seed(1)
    torch.set_num_threads(options.threads)
    train, held_out = Images(os.path.join(options.data, "train")), Images(os.path.join(options.data, "held-out"))
    model = VisionTransformer()
    decayed = [p for p in model.parameters() if p.ndim == 2 or p.ndim == 4]
    others = [p for p in model.parameters() if not (p.ndim == 2 or p.ndim == 4)]
    optimizer = torch.optim.AdamW([{"params": decayed, "weight_decay": 0.05}, {"params": others, "weight_decay": 0.0}],
                                  lr=options.rate, betas=(0.9, 0.98))
    print(f"{sum(p.numel() for p in model.parameters())} parameters, {len(train.labels)} images", flush=True)
    checkpoint = os.path.join(options.data, "checkpoint.pt")
    first = 0
    if options.resume and os.path.exists(checkpoint):
        state = torch.load(checkpoint)
        model.load_state_dict(state["model"])
        optimizer.load_state_dict(state["optimizer"])
        first = state["step"]

    per_epoch = len(train.labels) // options.batch
    warm_up, started, loss_mean = 150, time.time(), math.log(len(CLASSES))
    for step in range(first, options.steps):
        share = min(1.0, (step + 1) / warm_up) * 0.5 * (1 + math.cos(math.pi * max(0, step - warm_up) / (options.steps - warm_up)))
        for group in optimizer.param_groups:
            group["lr"] = options.rate * max(share, 0.002)
        order = np.random.default_rng([2, step // per_epoch]).permutation(len(train.labels))
        place = step % per_epoch * options.batch
        x, y = train.batch(order[place:place + options.batch], np.random.default_rng([3, step]))
        with torch.autocast("cpu", torch.bfloat16):
            logits = model(x)
        loss = F.cross_entropy(logits.float(), y)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        loss_mean += (loss.item() - loss_mean) * 0.03
        if (step + 1) % 50 == 0:
            print(f"step {step + 1} loss {loss_mean:.4f} {(time.time() - started) / (step + 1 - first):.3f} s/step", flush=True)
        if (step + 1) % options.every == 0 or step + 1 == options.steps:
            print(f"step {step + 1} held-out accuracy (bf16) {accuracy(model, held_out, len(held_out.labels)):.4f}", flush=True)
            temporary = checkpoint + ".new"
            torch.save({"model": model.state_dict(), "optimizer": optimizer.state_dict(), "step": step + 1}, temporary)
            os.replace(temporary, checkpoint)
            export(model, options.out)


if __name__ == "__main__":
    main()
