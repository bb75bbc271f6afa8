"""Vision Transformers and their kin: src/models/goldens/{vit,deit,dinov2,mae,beit,clip,siglip}-*.safetensors.

A forward of each published architecture (arXiv 2010.11929, 2012.12877, 2304.07193, 2309.16588, 2111.06377, 2106.08254, 2103.00020, 2303.15343) over tensors
in timm's names, and the same tensors in Hugging Face's.
Run from the package root with Debian's python3-torch:  /usr/bin/python3 tools/goldens/families/vit.py
"""

import torch
import torch.nn.functional as F

from common import Weights, activation, linear, norm, patch_embed, write

DIM, HEADS, HIDDEN, DEPTH, PATCH = 12, 3, 20, 2, 4


def draw_block(w, b, qkv_bias="fused", gamma=None, gated=False, table_rows=0):
    w.norm(f"{b}.norm1", DIM)
    w.linear(f"{b}.attn.qkv", 3 * DIM, DIM, qkv_bias == "fused")
    if qkv_bias == "query and value":
        w.draw(f"{b}.attn.q_bias", (DIM,), 0.2)
        w.draw(f"{b}.attn.v_bias", (DIM,), 0.2)
    if table_rows:
        w.draw(f"{b}.attn.relative_position_bias_table", (table_rows, HEADS), 1.0)
    w.linear(f"{b}.attn.proj", DIM, DIM)
    w.norm(f"{b}.norm2", DIM)
    w.linear(f"{b}.mlp.fc1", (2 if gated else 1) * HIDDEN, DIM)
    w.linear(f"{b}.mlp.fc2", DIM, HIDDEN)
    for name in gamma or ():
        w.draw(f"{b}.{name}", (DIM,), 0.3, 0.7)


def relative_bias(table, side):
    """BEiT's index: distances of patches, then class to token, token to class, class to class."""
    coords = torch.stack(torch.meshgrid(torch.arange(side), torch.arange(side), indexing="ij")).flatten(1)
    relative = (coords[:, :, None] - coords[:, None, :]).permute(1, 2, 0) + side - 1
    count = (2 * side - 1) ** 2 + 3
    index = torch.zeros(side * side + 1, side * side + 1, dtype=torch.long)
    index[1:, 1:] = relative[..., 0] * (2 * side - 1) + relative[..., 1]
    index[0, 0:] = count - 3
    index[0:, 0] = count - 2
    index[0, 0] = count - 1
    return table[index.view(-1)].view(index.shape[0], index.shape[1], -1).permute(2, 0, 1)


def attention(w, name, x, bias=None):
    b, n, c = x.shape
    qkv = F.linear(x, w[f"{name}.qkv.weight"], w.get(f"{name}.qkv.bias"))
    if f"{name}.q_bias" in w:
        qkv = qkv + torch.cat([w[f"{name}.q_bias"], torch.zeros(c), w[f"{name}.v_bias"]])
    q, k, v = qkv.reshape(b, n, 3, HEADS, c // HEADS).permute(2, 0, 3, 1, 4)
    scores = q @ k.transpose(-2, -1) * (c // HEADS) ** -0.5
    if bias is not None:
        scores = scores + bias
    return linear(w, f"{name}.proj", (scores.softmax(-1) @ v).transpose(1, 2).reshape(b, n, c))


def mlp(w, name, x, act):
    y = linear(w, f"{name}.fc1", x)
    if y.shape[-1] == 2 * w[f"{name}.fc2.weight"].shape[1]:
        a, b = y.chunk(2, -1)
        return linear(w, f"{name}.fc2", F.silu(a) * b)
    return linear(w, f"{name}.fc2", activation(act, y))


def encode(w, x, eps, act="gelu", side=None):
    """Blocks over tokens [B,N,D]."""
    for i in range(DEPTH):
        b = f"blocks.{i}"
        gammas = [w.get(f"{b}.ls{n}.gamma", w.get(f"{b}.gamma_{n}", torch.ones(DIM))) for n in (1, 2)]
        table = w.get(f"{b}.attn.relative_position_bias_table", w.get("rel_pos_bias.relative_position_bias_table"))
        bias = None if table is None else relative_bias(table, side)
        x = x + gammas[0] * attention(w, f"{b}.attn", norm(w, f"{b}.norm1", x, eps), bias)
        x = x + gammas[1] * mlp(w, f"{b}.mlp", norm(w, f"{b}.norm2", x, eps), act)
    return x


def attention_pool(w, x, eps, act):
    """One learned query, multi-head attention, and an MLP with a residual."""
    b, n, c = x.shape
    q = linear(w, "attn_pool.q", w["attn_pool.latent"].expand(b, 1, c)).view(b, 1, HEADS, c // HEADS).transpose(1, 2)
    k, v = linear(w, "attn_pool.kv", x).view(b, n, 2, HEADS, c // HEADS).permute(2, 0, 3, 1, 4)
    pooled = ((q @ k.transpose(-2, -1) * (c // HEADS) ** -0.5).softmax(-1) @ v).transpose(1, 2).reshape(b, 1, c)
    pooled = linear(w, "attn_pool.proj", pooled)
    return (pooled + mlp(w, "attn_pool.mlp", norm(w, "attn_pool.norm", pooled, eps), act))[:, 0]


OUTER = {
    "patch_embed.proj": "embeddings.patch_embeddings.projection",
    "norm": "layernorm",
}
INNER = {
    "norm1": "layernorm_before",
    "norm2": "layernorm_after",
    "attn.proj": "attention.output.dense",
    "mlp.fc1": "intermediate.dense",
    "mlp.fc2": "output.dense",
}
DINO_INNER = {**INNER, "norm1": "norm1", "norm2": "norm2", "mlp.fc1": "mlp.fc1", "mlp.fc2": "mlp.fc2"}
TOWER_INNER = {"norm1": "layer_norm1", "norm2": "layer_norm2", "attn.proj": "self_attn.out_proj", "mlp.fc1": "mlp.fc1", "mlp.fc2": "mlp.fc2"}


def hf_names(w, prefix, outer, inner, heads, layer="encoder.layer", parts="attention.attention.{}"):
    """`outer` and `heads` are whole names or modules, with and without the prefix."""
    out = {}
    for name, value in w.items():
        module, leaf = name.rsplit(".", 1) if "." in name else (name, None)
        whole = {**{key: f"{prefix}.{to}" for key, to in outer.items()}, **heads}
        if name in whole:
            out[whole[name]] = value
        elif module in whole:
            out[f"{whole[module]}.{leaf}"] = value
        elif module.startswith("blocks."):
            _, index, rest = module.split(".", 2) if module.count(".") > 1 else (*module.split("."), "")
            block = f"{prefix}.{layer}.{index}"
            if rest == "attn.qkv":
                names = ("q_proj", "k_proj", "v_proj") if "self_attn" in parts else ("query", "key", "value")
                for part, third in zip(names, value.chunk(3)):
                    out[f"{block}.{parts.format(part)}.{leaf}"] = third
            elif leaf in ("q_bias", "v_bias"):
                out[f"{block}.{parts.format({'q': 'query', 'v': 'value'}[leaf[0]])}.bias"] = value
            elif leaf == "relative_position_bias_table":
                out[f"{block}.{parts.format('relative_position_bias')}.{leaf}"] = value
            elif rest in ("ls1", "ls2"):
                out[f"{block}.layer_scale{rest[2]}.lambda1"] = value
            elif leaf in ("gamma_1", "gamma_2"):
                out[f"{block}.lambda_{leaf[-1]}"] = value
            else:
                out[f"{block}.{inner[rest]}.{leaf}"] = value
        else:
            raise KeyError(name)
    return out


def hf_config(model_type, eps, act="gelu", side=4, **more):
    return {
        "model_type": model_type,
        "hidden_size": DIM,
        "num_hidden_layers": DEPTH,
        "num_attention_heads": HEADS,
        "intermediate_size": HIDDEN,
        "hidden_act": act,
        "layer_norm_eps": eps,
        "image_size": side * PATCH,
        "patch_size": PATCH,
        **more,
    }


def timm_config(architecture, side=4, **more):
    return {"architecture": architecture, "model_args": {"img_size": side * PATCH, "patch_size": PATCH, "embed_dim": DIM, "num_heads": HEADS, **more}}


def golden_vit():
    """timm's options together: positions for patches only, no final norm but one after mean pooling."""
    w = Weights(10)
    w.draw("cls_token", (1, 1, DIM), 0.5)
    w.draw("pos_embed", (1, 16, DIM), 0.5)
    w.patches("patch_embed.proj", DIM, 3, PATCH)
    for i in range(DEPTH):
        draw_block(w, f"blocks.{i}")
    w.norm("fc_norm", DIM)
    w.linear("head", 5, DIM)
    pixels = w.pixels(2, 16, 16)
    x = patch_embed(w, "patch_embed.proj", pixels) + w["pos_embed"]
    x = encode(w, torch.cat([w["cls_token"].expand(2, -1, -1), x], 1), 1e-6)
    output = linear(w, "head", norm(w, "fc_norm", x[:, 1:].mean(1), 1e-6))
    config = timm_config("vit_small_patch16_224", global_pool="avg", no_embed_class=True)
    write("vit-avg", w, config, None, None, pixels, output)


def golden_deit():
    w = Weights(11)
    w.draw("cls_token", (1, 1, DIM), 0.5)
    w.draw("dist_token", (1, 1, DIM), 0.5)
    w.draw("pos_embed", (1, 18, DIM), 0.5)
    w.patches("patch_embed.proj", DIM, 3, PATCH)
    for i in range(DEPTH):
        draw_block(w, f"blocks.{i}")
    w.norm("norm", DIM)
    w.linear("head", 5, DIM)
    w.linear("head_dist", 5, DIM)
    pixels = w.pixels(2, 16, 16)
    x = patch_embed(w, "patch_embed.proj", pixels)
    x = torch.cat([w["cls_token"].expand(2, -1, -1), w["dist_token"].expand(2, -1, -1), x], 1) + w["pos_embed"]
    x = norm(w, "norm", encode(w, x, 1e-6), 1e-6)
    output = (linear(w, "head", x[:, 0]) + linear(w, "head_dist", x[:, 1])) / 2
    outer = {
        **OUTER,
        "cls_token": "embeddings.cls_token",
        "dist_token": "embeddings.distillation_token",
        "pos_embed": "embeddings.position_embeddings",
    }
    hf = hf_names(w, "deit", outer, INNER, {"head": "cls_classifier", "head_dist": "distillation_classifier"})
    write("deit-distilled", w, timm_config("deit_tiny_distilled_patch16_224"), hf, hf_config("deit", 1e-6), pixels, output)


def dino_positions(pos, to, antialias):
    grid = pos.reshape(1, 6, 6, DIM).permute(0, 3, 1, 2)
    return F.interpolate(grid, size=to, mode="bicubic", align_corners=False, antialias=antialias).permute(0, 2, 3, 1).reshape(1, -1, DIM)


def golden_dinov2():
    """SwiGLU, LayerScale, positions for 6 x 6 patches; run on 4 x 4, down (with timm's antialiasing) and without (Hugging Face)."""
    w = Weights(12)
    w.draw("cls_token", (1, 1, DIM), 0.5)
    w.draw("mask_token", (1, DIM), 0.5)
    w.draw("pos_embed", (1, 37, DIM), 0.8)
    w.patches("patch_embed.proj", DIM, 3, PATCH)
    for i in range(DEPTH):
        draw_block(w, f"blocks.{i}", gamma=("ls1.gamma", "ls2.gamma"), gated=True)
    w.norm("norm", DIM)
    outer = {**OUTER, "cls_token": "embeddings.cls_token", "mask_token": "embeddings.mask_token", "pos_embed": "embeddings.position_embeddings"}
    hf = hf_names(w, "dinov2", outer, {**DINO_INNER, "mlp.fc1": "mlp.weights_in", "mlp.fc2": "mlp.weights_out"}, {})
    authors = {name.replace("mlp.fc1", "mlp.w12").replace("mlp.fc2", "mlp.w3"): value for name, value in w.items()}

    def forward(pixels, antialias):
        side = pixels.shape[-1] // PATCH
        pos = w["pos_embed"][:, 1:] if side == 6 else dino_positions(w["pos_embed"][:, 1:], (side, pixels.shape[-1] // PATCH), antialias)
        x = patch_embed(w, "patch_embed.proj", pixels) + pos
        x = torch.cat([(w["cls_token"] + w["pos_embed"][:, :1]).expand(2, -1, -1), x], 1)
        return norm(w, "norm", encode(w, x, 1e-6), 1e-6)[:, 0]

    pixels = w.pixels(2, 24, 24)
    config = hf_config("dinov2", 1e-6, side=6, use_swiglu_ffn=True)
    write("dinov2-swiglu", authors, timm_config("vit_giant_patch14_dinov2", side=6), hf, config, pixels, forward(pixels, False))
    for name, side, antialias, names, other in (
        ("dinov2-down", 4, True, {k: v for k, v in w.items() if k != "mask_token"}, None),
        ("dinov2-hf-down", 4, False, None, hf),
        ("dinov2-up", 7, True, {k: v for k, v in w.items() if k != "mask_token"}, None),
        ("dinov2-hf-up", 7, False, None, hf),
    ):
        pixels = w.pixels(2, side * PATCH, side * PATCH)
        write(name, names, timm_config("vit_giant_patch14_dinov2", side=6), other, config, pixels, forward(pixels, antialias), run_size=side * PATCH)


def golden_dinov2_registers():
    """Registers without positions; Hugging Face's classifier reads class token and mean side by side."""
    w = Weights(13)
    w.draw("cls_token", (1, 1, DIM), 0.5)
    w.draw("reg_token", (1, 3, DIM), 0.5)
    w.draw("pos_embed", (1, 17, DIM), 0.8)
    w.patches("patch_embed.proj", DIM, 3, PATCH)
    for i in range(DEPTH):
        draw_block(w, f"blocks.{i}", gamma=("ls1.gamma", "ls2.gamma"))
    w.norm("norm", DIM)
    head = Weights(14)
    head.linear("head", 5, 2 * DIM)
    pixels = w.pixels(2, 16, 16)
    x = patch_embed(w, "patch_embed.proj", pixels) + w["pos_embed"][:, 1:]
    cls = (w["cls_token"] + w["pos_embed"][:, :1]).expand(2, -1, -1)
    x = norm(w, "norm", encode(w, torch.cat([cls, w["reg_token"].expand(2, -1, -1), x], 1), 1e-6), 1e-6)
    outer = {
        **OUTER,
        "cls_token": "embeddings.cls_token",
        "reg_token": "embeddings.register_tokens",
        "pos_embed": "embeddings.position_embeddings",
    }
    prefix = "dinov2_with_registers"
    config = hf_config("dinov2_with_registers", 1e-6, num_register_tokens=3)
    # timm folds the class token's position into it and has no row for any prefix token.
    timm = {**w, "cls_token": w["cls_token"] + w["pos_embed"][:, :1], "pos_embed": w["pos_embed"][:, 1:]}
    timm["cls_token"] = timm["cls_token"].half().float()
    hf = hf_names(w, prefix, outer, DINO_INNER, {})
    x2 = torch.cat([timm["cls_token"].expand(2, -1, -1), w["reg_token"].expand(2, -1, -1), patch_embed(w, "patch_embed.proj", pixels) + timm["pos_embed"]], 1)
    folded = norm(w, "norm", encode(w, x2, 1e-6), 1e-6)[:, 0]
    write("dinov2-registers", timm, timm_config("vit_small_patch14_reg4_dinov2", reg_tokens=3, no_embed_class=True), None, None, pixels, folded)
    logits = linear(head, "head", torch.cat([x[:, 0], x[:, 4:].mean(1)], -1))
    hf_head = {**hf, "classifier.weight": head["head.weight"], "classifier.bias": head["head.bias"]}
    write("dinov2-hf-classifier", None, None, hf_head, config, pixels, logits)


def golden_mae():
    w = Weights(15)
    w.draw("cls_token", (1, 1, DIM), 0.5)
    w.draw("pos_embed", (1, 17, DIM), 0.5)
    w.patches("patch_embed.proj", DIM, 3, PATCH)
    for i in range(DEPTH):
        draw_block(w, f"blocks.{i}")
    w.norm("norm", DIM)
    decoder = Weights(16)
    decoder.draw("mask_token", (1, 1, 8), 1.0)
    decoder.draw("decoder_pos_embed", (1, 17, 8), 1.0)
    decoder.linear("decoder_embed", 8, DIM)
    decoder.norm("decoder_blocks.0.norm1", 8)
    decoder.linear("decoder_pred", 48, 8)
    pixels = w.pixels(2, 16, 16)
    x = torch.cat([w["cls_token"].expand(2, -1, -1), patch_embed(w, "patch_embed.proj", pixels)], 1) + w["pos_embed"]
    output = norm(w, "norm", encode(w, x, 1e-6), 1e-6)[:, 0]
    outer = {**OUTER, "cls_token": "embeddings.cls_token", "pos_embed": "embeddings.position_embeddings"}
    hf = hf_names(w, "vit", outer, INNER, {})
    hf.update({f"decoder.{name.replace('decoder_', '')}": value for name, value in decoder.items()})
    write("mae", {**w, **decoder}, timm_config("mae_vit_base_patch16"), hf, hf_config("vit_mae", 1e-6), pixels, output)


def golden_beit(name, seed, shared, classes):
    """A table of relative positions for each block, or one for all; no bias for keys; LayerScale; mean pooling."""
    w = Weights(seed)
    rows = 7 * 7 + 3
    w.draw("cls_token", (1, 1, DIM), 0.5)
    w.patches("patch_embed.proj", DIM, 3, PATCH)
    if shared:
        w.draw("rel_pos_bias.relative_position_bias_table", (rows, HEADS), 1.0)
    for i in range(DEPTH):
        draw_block(w, f"blocks.{i}", "query and value", ("gamma_1", "gamma_2"), table_rows=0 if shared else rows)
    w.norm("fc_norm" if classes else "norm", DIM)
    if classes:
        w.linear("head", classes, DIM)
    pixels = w.pixels(2, 16, 16)
    x = torch.cat([w["cls_token"].expand(2, -1, -1), patch_embed(w, "patch_embed.proj", pixels)], 1)
    x = encode(w, x, 1e-6, side=4)
    if classes:
        output = linear(w, "head", norm(w, "fc_norm", x[:, 1:].mean(1), 1e-6))
    else:
        output = norm(w, "norm", x, 1e-6)[:, 0]
    outer = {
        **OUTER,
        "cls_token": "embeddings.cls_token",
        "fc_norm": "pooler.layernorm",
        "rel_pos_bias.relative_position_bias_table": "encoder.relative_position_bias.relative_position_bias_table",
    }
    hf = hf_names(w, "beit", outer, INNER, {"head": "classifier"})
    write(name, w, timm_config("beit_base_patch16_224"), hf, hf_config("beit", 1e-6, use_mean_pooling=bool(classes)), pixels, output)


def golden_clip():
    w = Weights(19)
    w.draw("cls_token", (1, 1, DIM), 0.5)
    w.draw("pos_embed", (1, 17, DIM), 0.5)
    w.patches("patch_embed.proj", DIM, 3, PATCH, bias=False)
    w.norm("norm_pre", DIM)
    for i in range(DEPTH):
        draw_block(w, f"blocks.{i}")
    w.norm("norm", DIM)
    w.linear("head", 512, DIM, bias=False)
    pixels = w.pixels(2, 16, 16)
    x = torch.cat([w["cls_token"].expand(2, -1, -1), patch_embed(w, "patch_embed.proj", pixels)], 1) + w["pos_embed"]
    tokens = encode(w, norm(w, "norm_pre", x, 1e-5), 1e-5, "quick_gelu")
    output = linear(w, "head", norm(w, "norm", tokens, 1e-5)[:, 0])
    outer = {
        "cls_token": "embeddings.class_embedding",
        "pos_embed": "embeddings.position_embedding.weight",
        "patch_embed.proj": "embeddings.patch_embedding",
        "norm_pre": "pre_layrnorm",
        "norm": "post_layernorm",
    }
    hf_w = {**w, "cls_token": w["cls_token"].view(-1), "pos_embed": w["pos_embed"][0]}
    rename = lambda tensors, heads: hf_names(tensors, "vision_model", outer, TOWER_INNER, heads, "encoder.layers", "self_attn.{}")
    hf = rename(hf_w, {"head": "visual_projection"})
    hf["text_model.embeddings.token_embedding.weight"] = torch.ones(3, 4)
    hf["text_projection.weight"] = torch.ones(2, 4)
    hf["logit_scale"] = torch.ones(())
    write("clip", w, timm_config("vit_base_patch32_clip_quickgelu_224", num_classes=512), hf, hf_config("clip_vision_model", 1e-5, "quick_gelu"), pixels, output)
    head = Weights(20)
    head.linear("head", 5, DIM)
    logits = linear(head, "head", tokens[:, 1:].mean(1))
    hf = rename({**{k: v for k, v in hf_w.items() if k != "head.weight"}, **head}, {"head": "classifier"})
    write("clip-hf-classifier", None, None, hf, hf_config("clip", 1e-5, "quick_gelu"), pixels, logits)


def golden_siglip():
    w = Weights(21)
    w.draw("pos_embed", (1, 16, DIM), 0.5)
    w.patches("patch_embed.proj", DIM, 3, PATCH)
    for i in range(DEPTH):
        draw_block(w, f"blocks.{i}")
    w.norm("norm", DIM)
    w.draw("attn_pool.latent", (1, 1, DIM), 1.0)
    w.linear("attn_pool.q", DIM, DIM)
    w.linear("attn_pool.kv", 2 * DIM, DIM)
    w.linear("attn_pool.proj", DIM, DIM)
    w.norm("attn_pool.norm", DIM)
    w.linear("attn_pool.mlp.fc1", HIDDEN, DIM)
    w.linear("attn_pool.mlp.fc2", DIM, HIDDEN)
    pixels = w.pixels(2, 16, 16)
    x = norm(w, "norm", encode(w, patch_embed(w, "patch_embed.proj", pixels) + w["pos_embed"], 1e-6, "gelu_tanh"), 1e-6)
    output = attention_pool(w, x, 1e-6, "gelu_tanh")
    outer = {
        "pos_embed": "embeddings.position_embedding.weight",
        "patch_embed.proj": "embeddings.patch_embedding",
        "norm": "post_layernorm",
        "attn_pool.latent": "head.probe",
        "attn_pool.proj": "head.attention.out_proj",
        "attn_pool.norm": "head.layernorm",
        "attn_pool.mlp.fc1": "head.mlp.fc1",
        "attn_pool.mlp.fc2": "head.mlp.fc2",
        "in_proj_weight": "head.attention.in_proj_weight",
        "in_proj_bias": "head.attention.in_proj_bias",
    }
    hf_w = {k: v for k, v in w.items() if not k.startswith(("attn_pool.q.", "attn_pool.kv."))}
    hf_w["pos_embed"] = w["pos_embed"][0]
    for leaf in ("weight", "bias"):
        hf_w[f"in_proj_{leaf}"] = torch.cat([w[f"attn_pool.q.{leaf}"], w[f"attn_pool.kv.{leaf}"]])
    hf = hf_names(hf_w, "vision_model", outer, TOWER_INNER, {}, "encoder.layers", "self_attn.{}")
    config = hf_config("siglip_vision_model", 1e-6, "gelu_pytorch_tanh")
    write("siglip", w, timm_config("vit_base_patch16_siglip_224"), hf, config, pixels, output)


def golden_research(name, seed, kind, act, config, coefficients=None):
    """Norms and activations of the research line in a plain ViT: RMSNorm, BatchNorm over tokens, SLAB's RepBN, Unified Normalization; ReLU, SiLU, a polynomial."""
    w = Weights(seed)
    w.draw("cls_token", (1, 1, DIM), 0.5)
    w.draw("pos_embed", (1, 17, DIM), 0.5)
    w.patches("patch_embed.proj", DIM, 3, PATCH)
    for i in range(DEPTH):
        draw_block(w, f"blocks.{i}")
    w.norm("norm", DIM)
    w.linear("head", 5, DIM)
    norms = [f"blocks.{i}.norm{n}" for i in range(DEPTH) for n in (1, 2)] + ["norm"]
    names = {}
    for each in norms:
        if kind == "rms":
            del w[f"{each}.bias"]
        if kind in ("batch", "repbn"):
            w.draw(f"{each}.running_mean", (DIM,), 0.3)
            w[f"{each}.running_var"] = (0.5 + torch.rand(DIM, generator=w.generator)).half().float()
        if kind == "repbn":
            w.draw(f"{each}.alpha", (1,), 0.2, 0.5)
            names.update({f"{each}.{leaf}": f"{each}.norm2.bn.{leaf}" for leaf in ("weight", "bias", "running_mean", "running_var")})
            names[f"{each}.alpha"] = f"{each}.norm2.alpha"
        if kind == "unified":
            w[f"{each}.running_phi"] = (0.5 + torch.rand(1, 1, DIM, generator=w.generator)).half().float()

    def normalise(each, x):
        weight, bias = w[f"{each}.weight"], w.get(f"{each}.bias")
        if kind == "rms":
            return x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + 1e-6) * weight
        if kind == "unified":
            return weight * x / torch.sqrt(w[f"{each}.running_phi"] + 1e-5) + bias
        y = F.batch_norm(x.transpose(1, 2), w[f"{each}.running_mean"], w[f"{each}.running_var"], weight, bias).transpose(1, 2)
        return y + w[f"{each}.alpha"] * x if kind == "repbn" else y

    def activate(x):
        return activation(act, x) if coefficients is None else coefficients[0] + coefficients[1] * x + coefficients[2] * x * x

    pixels = w.pixels(2, 16, 16)
    x = torch.cat([w["cls_token"].expand(2, -1, -1), patch_embed(w, "patch_embed.proj", pixels)], 1) + w["pos_embed"]
    for i in range(DEPTH):
        b = f"blocks.{i}"
        x = x + attention(w, f"{b}.attn", normalise(f"{b}.norm1", x))
        x = x + linear(w, f"{b}.mlp.fc2", activate(linear(w, f"{b}.mlp.fc1", normalise(f"{b}.norm2", x))))
    output = linear(w, "head", normalise("norm", x)[:, 0])
    timm = {names.get(key, key): value for key, value in w.items()}
    if kind == "repbn":
        timm.update({f"{each}.norm1.{leaf}": torch.ones(DIM) for each in norms for leaf in ("weight", "bias")})
    write(name, timm, timm_config("vit_tiny_patch16_224", global_pool="token", **config), None, None, pixels, output)


golden_research("vit-rms", 30, "rms", "silu", {"norm_layer": "rmsnorm", "act_layer": "silu"})
golden_research("vit-batchnorm", 31, "batch", "relu", {"act_layer": "relu"})
golden_research("vit-repbn", 32, "repbn", "gelu", {})
golden_research("vit-unified", 33, "unified", None, {"act_layer": "polynomial", "act_coefficients": [0.125, 0.5, 0.25]}, (0.125, 0.5, 0.25))
golden_vit()
golden_deit()
golden_dinov2()
golden_dinov2_registers()
golden_mae()
golden_beit("beit", 17, False, 5)
golden_beit("beit-shared", 18, True, 0)
golden_clip()
golden_siglip()
