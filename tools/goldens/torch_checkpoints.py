"""Small PyTorch checkpoints as people save them, and the values in them, for src/formats/torch/open-torch.test.ts.

python3 tools/goldens/torch_checkpoints.py src/formats/torch/goldens    (Debian's python3-torch)
"""
import argparse
import collections
import json
import os
import pickle
import sys

import torch

torch.manual_seed(7)


class Evil:
    """What an attacker writes: opening the file with pickle would run the command."""

    def __reduce__(self):
        return (os.system, ("echo this must never run",))


class Net(torch.nn.Module):
    """A class of the author's own: a module saved whole names it as __main__.Net."""

    def __init__(self):
        super().__init__()
        self.fc = torch.nn.Linear(2, 2)


def state_dict():
    base = torch.randn(3, 4)
    return collections.OrderedDict(
        [
            ("weight", base),
            ("transposed", base.t()),
            ("column", base[:, 1]),
            ("tail", base[1:]),
            ("half", torch.tensor([1.5, -2.0, 65504.0]).half()),
            ("bfloat", torch.tensor([1.0, -3.0, 2.0**-120]).bfloat16()),
            ("double", torch.tensor([0.1, 1e30], dtype=torch.float64)),
            ("long", torch.tensor([3, -4, 2**31 - 1])),
            ("bool", torch.tensor([True, False])),
            ("scalar", torch.tensor(2.5)),
            ("empty", torch.empty(0, 4)),
            ("parameter", torch.nn.Parameter(torch.tensor([7.0, 8.0]))),
        ]
    )


def values(tensors):
    return {name: {"shape": list(t.shape), "data": [v.item() for v in (t.detach() if t.dtype == torch.int64 else t.detach().float()).flatten()]} for name, t in tensors.items()}


def main(folder):
    plain = state_dict()
    save = lambda value, name, **how: torch.save(value, os.path.join(folder, name), **how)
    save(plain, "state-dict.pth")
    save(plain, "legacy.pth", _use_new_zipfile_serialization=False)
    save(plain, "protocol4.pt", pickle_protocol=4)
    training = {
        "epoch": torch.tensor(3),
        "optimizer": {"state": {0: {"exp_avg": torch.zeros(2)}}, "param_groups": [{"lr": 0.1}]},
        "args": argparse.Namespace(model="vit", lr=1e-3),
        "model": {"module.a.weight": torch.ones(2, 2), "module.a.bias": torch.zeros(2), "module.b": torch.full((3,), 4.0)},
    }
    save(training, "training.pth")
    module = torch.nn.Sequential(collections.OrderedDict([("norm", torch.nn.LayerNorm(4)), ("head", torch.nn.Sequential(torch.nn.Linear(4, 2), torch.nn.GELU()))]))
    save(module, "module.pt")
    torch.jit.script(module).save(os.path.join(folder, "script.pt"))
    save(Net(), "own-class.pt")
    save({"weight": torch.ones(2), "extra": Evil()}, "evil.pth")
    with open(os.path.join(folder, "evil.bin"), "wb") as file:
        pickle.dump(Evil(), file, protocol=2)
    goldens = {"plain": values(plain), "training": values(training["model"]), "module": values(module.state_dict())}
    with open(os.path.join(folder, "checkpoints.json"), "w") as file:
        json.dump(goldens, file)
        file.write("\n")


main(sys.argv[1])
