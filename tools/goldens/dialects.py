"""A tiny ViT of torchvision's own code with random weights, saved as torchvision names it and in the layout of the JAX models, and its logits.

python3 tools/goldens/dialects.py src/models/dialects/goldens    (Debian's python3-torch, python3-torchvision)
"""
import json
import os
import sys

import numpy
import torch
from torchvision.models.vision_transformer import VisionTransformer

WIDTH, HEADS, DEPTH = 12, 3, 2


def jax_layout(state):
    """Flax stores Dense as [in,out], attention projections as [D,H,Dh] and [H,Dh,D], convolutions as [h,w,in,out]."""
    get = lambda name: state[name].numpy()
    out = {
        "cls": get("class_token"),
        "embedding/kernel": get("conv_proj.weight").transpose(2, 3, 1, 0),
        "embedding/bias": get("conv_proj.bias"),
        "Transformer/posembed_input/pos_embedding": get("encoder.pos_embedding"),
        "Transformer/encoder_norm/scale": get("encoder.ln.weight"),
        "Transformer/encoder_norm/bias": get("encoder.ln.bias"),
        "head/kernel": get("heads.head.weight").T,
        "head/bias": get("heads.head.bias"),
    }
    for i in range(DEPTH):
        torch_block, jax_block = f"encoder.layers.encoder_layer_{i}", f"Transformer/encoderblock_{i}"
        weights = get(f"{torch_block}.self_attention.in_proj_weight").reshape(3, HEADS, WIDTH // HEADS, WIDTH)
        biases = get(f"{torch_block}.self_attention.in_proj_bias").reshape(3, HEADS, WIDTH // HEADS)
        for part, name in enumerate(["query", "key", "value"]):
            out[f"{jax_block}/MultiHeadDotProductAttention_1/{name}/kernel"] = weights[part].transpose(2, 0, 1)
            out[f"{jax_block}/MultiHeadDotProductAttention_1/{name}/bias"] = biases[part]
        proj = get(f"{torch_block}.self_attention.out_proj.weight").reshape(WIDTH, HEADS, WIDTH // HEADS)
        out[f"{jax_block}/MultiHeadDotProductAttention_1/out/kernel"] = proj.transpose(1, 2, 0)
        out[f"{jax_block}/MultiHeadDotProductAttention_1/out/bias"] = get(f"{torch_block}.self_attention.out_proj.bias")
        for norm, place in [("ln_1", "LayerNorm_0"), ("ln_2", "LayerNorm_2")]:
            out[f"{jax_block}/{place}/scale"] = get(f"{torch_block}.{norm}.weight")
            out[f"{jax_block}/{place}/bias"] = get(f"{torch_block}.{norm}.bias")
        for layer, place in [(0, "Dense_0"), (3, "Dense_1")]:
            out[f"{jax_block}/MlpBlock_3/{place}/kernel"] = get(f"{torch_block}.mlp.{layer}.weight").T
            out[f"{jax_block}/MlpBlock_3/{place}/bias"] = get(f"{torch_block}.mlp.{layer}.bias")
    return {name: numpy.ascontiguousarray(value) for name, value in out.items()}


def main(folder):
    torch.manual_seed(3)
    model = VisionTransformer(image_size=8, patch_size=4, num_layers=DEPTH, num_heads=HEADS, hidden_dim=WIDTH, mlp_dim=20, num_classes=5).eval()
    for parameter in model.parameters():
        torch.nn.init.normal_(parameter, std=0.3)
    images = torch.randn(2, 3, 8, 8)
    with torch.no_grad():
        logits = model(images)
    state = model.state_dict()
    torch.save(state, os.path.join(folder, "torchvision.pth"))
    numpy.savez(os.path.join(folder, "jax.npz"), **jax_layout(state))
    with open(os.path.join(folder, "torchvision.json"), "w") as file:
        json.dump({"images": images.flatten().tolist(), "logits": logits.flatten().tolist()}, file)
        file.write("\n")


main(sys.argv[1])
