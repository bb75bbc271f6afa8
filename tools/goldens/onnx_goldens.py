"""Tiny Vision Transformers exported by torch.onnx.export in the ways in which people write and export them, with PyTorch's logits beside them.

One set of weights in every file of a group, so that all of its files must give the same logits. Writes src/models/onnx/goldens/*.onnx and expected.json.
Needs torch (1.13), onnx and numpy; no network.

Usage: python3 tools/goldens/onnx_goldens.py
"""
import io
import json
import math
import pathlib
import warnings

import numpy as np
import onnx
import torch
import torch.nn.functional as F
from onnx import helper, numpy_helper
from torch import nn

warnings.filterwarnings("ignore")
OUT = pathlib.Path(__file__).resolve().parents[2] / "src/models/onnx/goldens"
SIZE, PATCH, DIM, HEADS, MLP, DEPTH, CLASSES = 8, 4, 8, 2, 16, 2, 5
PATCHES = (SIZE // PATCH) ** 2


class TanhGelu(nn.Module):
    def forward(self, x):
        return 0.5 * x * (1.0 + torch.tanh(math.sqrt(2.0 / math.pi) * (x + 0.044715 * torch.pow(x, 3.0))))


class TimmAttention(nn.Module):
    """Fused qkv, parted by `part`; the scale meets the query."""

    def __init__(self, part):
        super().__init__()
        self.part, self.scale = part, (DIM // HEADS) ** -0.5
        self.qkv, self.proj = nn.Linear(DIM, 3 * DIM), nn.Linear(DIM, DIM)

    def forward(self, x):
        B, N, C = x.shape
        if self.part == "chunk":
            q, k, v = [t.reshape(B, N, HEADS, C // HEADS).transpose(1, 2) for t in self.qkv(x).chunk(3, dim=-1)]
        elif self.part == "slice":
            qkv = self.qkv(x).reshape(B, N, 3, HEADS, C // HEADS)
            q, k, v = [qkv[:, :, i].permute(0, 2, 1, 3) for i in range(3)]
        else:
            q, k, v = self.qkv(x).reshape(B, N, 3, HEADS, C // HEADS).permute(2, 0, 3, 1, 4).unbind(0)
        attn = ((q * self.scale) @ k.transpose(-2, -1)).softmax(dim=-1)
        return self.proj((attn @ v).transpose(1, 2).reshape(B, N, C))


class TimmBlock(nn.Module):
    def __init__(self, part, act, scaled):
        super().__init__()
        self.norm1, self.norm2 = nn.LayerNorm(DIM, eps=1e-6), nn.LayerNorm(DIM, eps=1e-6)
        self.attn, self.act = TimmAttention(part), act
        self.fc1, self.fc2 = nn.Linear(DIM, MLP), nn.Linear(MLP, DIM)
        if scaled:
            self.gamma1, self.gamma2 = nn.Parameter(torch.ones(DIM)), nn.Parameter(torch.ones(DIM))
        self.scaled = scaled

    def forward(self, x):
        a = self.attn(self.norm1(x))
        x = x + (a * self.gamma1 if self.scaled else a)
        m = self.fc2(self.act(self.fc1(self.norm2(x))))
        return x + (m * self.gamma2 if self.scaled else m)


class TimmVit(nn.Module):
    """`pooling`: token, or mean with fc_norm; `registers` join after the positions; `patches`: conv or einops-like reshape and Linear."""

    def __init__(self, part="unbind", act=None, pooling="token", registers=0, patches="conv", scaled=False):
        super().__init__()
        self.pooling, self.patches = pooling, patches
        self.prefix = 1 if pooling == "token" else 0
        self.patch = nn.Conv2d(3, DIM, PATCH, PATCH) if patches == "conv" else nn.Linear(3 * PATCH * PATCH, DIM)
        self.cls = nn.Parameter(torch.zeros(1, 1, DIM))
        self.reg = nn.Parameter(torch.zeros(1, registers, DIM)) if registers else None
        self.pos = nn.Parameter(torch.zeros(1, PATCHES + self.prefix, DIM))
        self.blocks = nn.Sequential(*[TimmBlock(part, act or nn.GELU(), scaled) for _ in range(DEPTH)])
        self.norm, self.head = nn.LayerNorm(DIM, eps=1e-6), nn.Linear(DIM, CLASSES)

    def forward(self, x):
        B = x.shape[0]
        if self.patches == "conv":
            x = self.patch(x).flatten(2).transpose(1, 2)
        else:
            g = SIZE // PATCH
            x = x.reshape(B, 3, g, PATCH, g, PATCH).permute(0, 2, 4, 3, 5, 1).reshape(B, g * g, PATCH * PATCH * 3)
            x = self.patch(x)
        if self.prefix:
            x = torch.cat((self.cls.expand(B, -1, -1), x), dim=1)
        x = x + self.pos
        if self.reg is not None:
            x = torch.cat((x[:, :1], self.reg.expand(B, -1, -1), x[:, 1:]), dim=1)
        x = self.blocks(x)
        if self.pooling == "token":
            return self.head(self.norm(x)[:, 0])
        return self.head(self.norm(x.mean(dim=1)))


class HfAttention(nn.Module):
    """Query, key and value apart; scores divided by the root of the head's width."""

    def __init__(self):
        super().__init__()
        self.query, self.key, self.value = nn.Linear(DIM, DIM), nn.Linear(DIM, DIM), nn.Linear(DIM, DIM)
        self.dense, self.dropout = nn.Linear(DIM, DIM), nn.Dropout(0.1)

    def heads(self, x):
        return x.view(x.size()[:-1] + (HEADS, DIM // HEADS)).permute(0, 2, 1, 3)

    def forward(self, x):
        q, k, v = self.heads(self.query(x)), self.heads(self.key(x)), self.heads(self.value(x))
        scores = torch.matmul(q, k.transpose(-1, -2)) / math.sqrt(DIM // HEADS)
        context = torch.matmul(self.dropout(F.softmax(scores, dim=-1)), v).permute(0, 2, 1, 3).contiguous()
        return self.dense(context.view(context.size()[:-2] + (DIM,)))


class SdpaAttention(HfAttention):
    """As newer exporters write scaled_dot_product_attention: the root of the scale on query and on key, computed from the shape."""

    def forward(self, x):
        q, k, v = self.heads(self.query(x)), self.heads(self.key(x)), self.heads(self.value(x))
        root = torch.sqrt(1.0 / torch.sqrt(torch.tensor(float(DIM // HEADS))))
        scores = torch.matmul(q * root, k.transpose(-1, -2) * root)
        context = torch.matmul(F.softmax(scores, dim=-1), v).transpose(1, 2)
        return self.dense(context.reshape(x.shape[0], -1, DIM))


class HfBlock(nn.Module):
    def __init__(self, attention):
        super().__init__()
        self.before, self.after = nn.LayerNorm(DIM, eps=1e-6), nn.LayerNorm(DIM, eps=1e-6)
        self.attention = attention()
        self.intermediate, self.output, self.dropout = nn.Linear(DIM, MLP), nn.Linear(MLP, DIM), nn.Dropout(0.1)

    def forward(self, x):
        hidden = self.attention(self.before(x)) + x
        out = self.dropout(self.output(F.gelu(self.intermediate(self.after(hidden)))))
        return out + hidden


class HfVit(nn.Module):
    def __init__(self, attention=HfAttention, distilled=False):
        super().__init__()
        self.patch = nn.Conv2d(3, DIM, PATCH, PATCH)
        self.cls = nn.Parameter(torch.zeros(1, 1, DIM))
        self.dist = nn.Parameter(torch.zeros(1, 1, DIM)) if distilled else None
        self.pos = nn.Parameter(torch.zeros(1, PATCHES + 1 + distilled, DIM))
        self.layers = nn.ModuleList([HfBlock(attention) for _ in range(DEPTH)])
        self.layernorm, self.classifier = nn.LayerNorm(DIM, eps=1e-6), nn.Linear(DIM, CLASSES)
        self.distilled_classifier = nn.Linear(DIM, CLASSES) if distilled else None

    def forward(self, pixel_values):
        B = pixel_values.shape[0]
        x = self.patch(pixel_values).flatten(2).transpose(1, 2)
        prefix = (self.cls.expand(B, -1, -1),) + ((self.dist.expand(B, -1, -1),) if self.dist is not None else ())
        x = torch.cat(prefix + (x,), dim=1) + self.pos
        for layer in self.layers:
            x = layer(x)
        x = self.layernorm(x)
        logits = self.classifier(x[:, 0, :])
        if self.dist is None:
            return logits
        return (logits + self.distilled_classifier(x[:, 1, :])) / 2


class TorchVit(nn.Module):
    """torch.nn.MultiheadAttention in pre-norm blocks, as torchvision's ViT has it: sequences first, heads folded into the batch."""

    def __init__(self):
        super().__init__()
        self.patch = nn.Conv2d(3, DIM, PATCH, PATCH)
        self.cls, self.pos = nn.Parameter(torch.zeros(1, 1, DIM)), nn.Parameter(torch.zeros(1, PATCHES + 1, DIM))
        self.ln1 = nn.ModuleList([nn.LayerNorm(DIM, eps=1e-6) for _ in range(DEPTH)])
        self.ln2 = nn.ModuleList([nn.LayerNorm(DIM, eps=1e-6) for _ in range(DEPTH)])
        self.attention = nn.ModuleList([nn.MultiheadAttention(DIM, HEADS, batch_first=True) for _ in range(DEPTH)])
        self.mlp = nn.ModuleList([nn.Sequential(nn.Linear(DIM, MLP), nn.GELU(), nn.Linear(MLP, DIM)) for _ in range(DEPTH)])
        self.ln, self.head = nn.LayerNorm(DIM, eps=1e-6), nn.Linear(DIM, CLASSES)

    def forward(self, x):
        n = x.shape[0]
        x = self.patch(x).reshape(n, DIM, PATCHES).permute(0, 2, 1)
        x = torch.cat([self.cls.expand(n, -1, -1), x], dim=1) + self.pos
        for ln1, attention, ln2, mlp in zip(self.ln1, self.attention, self.ln2, self.mlp):
            y = ln1(x)
            x = attention(y, y, y, need_weights=False)[0] + x
            x = x + mlp(ln2(x))
        return self.head(self.ln(x)[:, 0])


class WithSoftmax(nn.Module):
    def __init__(self, model):
        super().__init__()
        self.model = model

    def forward(self, x):
        return self.model(x).softmax(dim=-1)


def fill(model, seed):
    """The same numbers for parameters of the same place, whatever a model calls them; seeded by order."""
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, p in model.named_parameters():
            is_norm = p.dim() == 1 and ("norm" in name or "before" in name or "after" in name or "ln" in name or "gamma" in name)
            values = torch.randn(p.shape, generator=generator)
            p.copy_(1 + 0.3 * values if is_norm and not name.endswith("bias") else 0.4 * values)
    return model.eval()


def copy_timm(timm, other):
    """The weights of a TimmVit in an HfVit or TorchVit."""
    t = dict(timm.named_parameters())
    with torch.no_grad():
        for name, p in other.named_parameters():
            p.copy_(t_value(t, name))
    return other.eval()


def t_value(t, name):
    parts = name.split(".")
    kind = parts[-1]
    top = {"patch": "patch", "layernorm": "norm", "classifier": "head", "ln": "norm", "head": "head"}
    if name in ("cls", "pos"):
        return t[name]
    if parts[0] in top:
        return t[f"{top[parts[0]]}.{kind}"]
    if parts[0] == "layers":
        block = f"blocks.{parts[1]}"
        inner = parts[2]
        if inner in ("before", "after"):
            return t[f"{block}.{'norm1' if inner == 'before' else 'norm2'}.{kind}"]
        if inner in ("intermediate", "output"):
            return t[f"{block}.{'fc1' if inner == 'intermediate' else 'fc2'}.{kind}"]
        if parts[3] == "dense":
            return t[f"{block}.attn.proj.{kind}"]
        third = ["query", "key", "value"].index(parts[3])
        return t[f"{block}.attn.qkv.{kind}"][third * DIM : (third + 1) * DIM]
    block = f"blocks.{parts[1]}"
    if parts[0] in ("ln1", "ln2"):
        return t[f"{block}.{'norm1' if parts[0] == 'ln1' else 'norm2'}.{kind}"]
    if parts[0] == "mlp":
        return t[f"{block}.{'fc1' if parts[2] == '0' else 'fc2'}.{kind}"]
    return t[f"{block}.attn.{'proj' if parts[2] == 'out_proj' else 'qkv'}.{kind.replace('in_proj_', '')}"]


def export(model, opset, pixels, **options):
    buffer = io.BytesIO()
    torch.onnx.export(model, pixels[:1], buffer, opset_version=opset, input_names=["pixel_values"], output_names=["logits"], **options)
    return onnx.load_from_string(buffer.getvalue())


def half(model):
    """Weights in f16 with a Cast to f32 behind each."""
    casts = []
    for i in model.graph.initializer:
        if i.data_type != onnx.TensorProto.FLOAT:
            continue
        stored = numpy_helper.from_array(numpy_helper.to_array(i).astype(np.float16), i.name + "_f16")
        casts.append(helper.make_node("Cast", [stored.name], [i.name], to=onnx.TensorProto.FLOAT))
        i.CopyFrom(stored)
    nodes = casts + list(model.graph.node)
    del model.graph.node[:]
    model.graph.node.extend(nodes)
    return model


def as_constants(model):
    """Weights as Constant nodes instead of initializers."""
    constants = [helper.make_node("Constant", [], [i.name], value=i) for i in model.graph.initializer]
    nodes = constants + list(model.graph.node)
    del model.graph.node[:], model.graph.initializer[:]
    model.graph.node.extend(nodes)
    return model


def main():
    OUT.mkdir(parents=True, exist_ok=True)
    pixels = torch.randn(2, 3, SIZE, SIZE, generator=torch.Generator().manual_seed(7))
    dynamic = {"dynamic_axes": {"pixel_values": {0: "batch"}, "logits": {0: "batch"}}}
    free = {"dynamic_axes": {"pixel_values": {0: "batch", 1: "channels", 2: "height", 3: "width"}, "logits": {0: "batch"}}}
    timm = fill(TimmVit(), 1)
    hf, sdpa, torchvision = copy_timm(timm, HfVit()), copy_timm(timm, HfVit(SdpaAttention)), copy_timm(timm, TorchVit())
    parted = {}
    for part in ("chunk", "slice"):
        parted[part] = TimmVit(part)
        parted[part].load_state_dict(timm.state_dict())
        parted[part].eval()
    groups = {
        "token": {
            "timm-11": export(timm, 11, pixels, **dynamic),
            "timm-13": export(timm, 13, pixels, **dynamic),
            "timm-17": export(timm, 17, pixels),
            "timm-chunk": export(parted["chunk"], 13, pixels, **dynamic),
            "timm-slice": export(parted["slice"], 14, pixels, **dynamic),
            "timm-unfolded": export(timm, 12, pixels, do_constant_folding=False, keep_initializers_as_inputs=True, **dynamic),
            "timm-constants": as_constants(export(timm, 16, pixels, **dynamic)),
            "hf-11": export(hf, 11, pixels, **free),
            "hf-14": export(hf, 14, pixels, **free),
            "hf-17": export(hf, 17, pixels, **free),
            "sdpa-14": export(sdpa, 14, pixels, **free),
            "torchvision-17": export(torchvision, 17, pixels, **dynamic),
            "softmax-17": export(WithSoftmax(timm), 17, pixels, **dynamic),
        },
    }
    models = {"token": timm}
    for name, model in {
        "mean-tanh": fill(TimmVit(act=TanhGelu(), pooling="mean"), 2),
        "registers-scale": fill(TimmVit(registers=2, scaled=True), 3),
        "linear-patches": fill(TimmVit(patches="linear"), 4),
        "distilled": fill(HfVit(distilled=True), 5),
    }.items():
        models[name] = model
        groups[name] = {f"{name}-{opset}": export(model, opset, pixels, **dynamic) for opset in (12, 17)}
    expected = {"pixels": [round(v, 6) for v in pixels.flatten().tolist()], "groups": {}}
    pixels = torch.tensor(expected["pixels"]).reshape(pixels.shape)
    with torch.no_grad():
        for group, files in groups.items():
            expected["groups"][group] = {"files": sorted(files), "logits": models[group](pixels).flatten().tolist()}
            for name, model in files.items():
                onnx.checker.check_model(model)
                (OUT / f"{name}.onnx").write_bytes(model.SerializeToString())
        # Halved weights are another model: its logits are those of the rounded weights.
        halved = TimmVit()
        halved.load_state_dict({key: value.half().float() for key, value in timm.state_dict().items()})
        expected["groups"]["half"] = {"files": ["timm-f16"], "logits": halved.eval()(pixels).flatten().tolist()}
        (OUT / "timm-f16.onnx").write_bytes(half(export(timm, 13, pixels, **dynamic)).SerializeToString())
    external = export(timm, 17, pixels, **dynamic)
    onnx.save_model(external, str(OUT / "external.onnx"), save_as_external_data=True, location="external.onnx_data", size_threshold=256)
    expected["groups"]["token"]["external"] = "external"
    (OUT / "expected.json").write_text(json.dumps(expected) + "\n")


if __name__ == "__main__":
    main()
