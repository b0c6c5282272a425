"""checkpoints: what stands in checkpoint files, and what their weights compute.

Only a larger folder has this section. The `.pt` files themselves are its inputs.
"""

import json
import pickletools
import zipfile

import torch

from golden_sections import files
from golden_sections.blocks import tensor
from golden_sections.made import Made, Tolerance
from golden_sections.model import load, outputs
from golden_sections.train_step import network

INPUT_FILES = ["checkpoints/*.pt"]
OUTPUTS = [
    ("decoded", Tolerance(absolute=1e-3)),
    ("*", Tolerance(absolute=1e-4)),
]


def make(folder):
    path = folder / "checkpoints"
    for name in ["tiny", "tiny_reg4"]:
        given = files.read(path / f"{name}_model.json")
        model, state = described(path, name)
        facts = {
            "parameters": sum(p.numel() for p in model.parameters()),
            "strides": model.stride.tolist(),
            "state_dict": [
                [key, list(value.shape), str(value.dtype).removeprefix("torch.")] for key, value in state.items()
            ],
        }
        inputs = [place for place in given if place[0] not in facts]
        yield Made(f"checkpoints/{name}_model.json", dict(files.leaves(facts)), inputs)
        yield reference(path, f"{name}_reference", model)
    yield reference(path, "tiny_unstripped_reference", load(path / "tiny_unstripped.pt"))

    old = files.read(path / "checkpoints.json")
    found = {name: contents(path / name) for name in dict.fromkeys(place[0] for place in old)}
    inputs = [files.Place((name, key)) for name in found for key in ["kind", "format"]]
    yield Made("checkpoints/checkpoints.json", dict(files.leaves(found)), inputs)


def described(path, name):
    """The network that a file of facts describes, with the weights beside it."""
    given = files.read(path / f"{name}_model.json")
    scale = [given[key,] for key in ["depth_multiple", "width_multiple", "max_channels"]]
    state = torch.load(path / f"{name}_state_dict.pt", weights_only=True)
    return network(state, scale, given["reg_max",]).eval(), state


def reference(path, name, model):
    image = tensor(files.read(path / f"{name}.safetensors")["input"])
    figures = dict(zip(["decoded", "boxes", "scores"], outputs(model, image)))
    return Made(f"checkpoints/{name}.safetensors", figures, ["input"], OUTPUTS)


def contents(path):
    """The facts of one checkpoint file."""
    facts = {"bytes": path.stat().st_size, "zip_root": None}
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            name = next(name for name in archive.namelist() if name.endswith("/data.pkl"))
            facts |= {"zip_root": name.split("/")[0], "pickle_globals": pickle_globals(archive.read(name))}
    # The files are the golden data's own; a pickle of a stranger would be a program.
    content = torch.load(path, map_location="cpu", weights_only=False)
    if isinstance(content.get("train_args"), dict):
        facts |= trainer_contents(content)
    return plain(facts)


def trainer_contents(content):
    """The facts of a file that a trainer wrote."""
    model = content["model"] or content["ema"]
    facts = {"keys": {key: type(value).__name__ for key, value in content.items()}, "names": model.names}
    if content["model"] is not None:
        state = model.state_dict()
        kinds = {str(value.dtype) for value in state.values()}
        more = {"yaml": model.yaml, "stride": model.stride.tolist(), "train_args": content["train_args"]}
        return facts | more | {"dtypes": sorted(kinds), "n_state_tensors": len(state)}
    for key in ["epoch", "updates", "best_fitness", "stopper", "scaler"]:
        facts[key] = content[key]
    arguments, optimizer = type(model.args), content["optimizer"]
    facts["ema_args_type"] = f"{arguments.__module__}.{arguments.__name__}"
    facts["optimizer"] = {
        "param_groups": [{**group, "params": len(group["params"])} for group in optimizer["param_groups"]],
        "n_state": len(optimizer["state"]),
        "state_entry": {
            key: [str(value.dtype), list(value.shape)] for key, value in optimizer["state"][0].items()
        },
    }
    return facts


def pickle_globals(content):
    """The classes and functions that a pickle names."""
    steps = pickletools.genops(content)
    return sorted({argument.replace(" ", ".") for code, argument, _ in steps if code.name == "GLOBAL"})


def plain(value):
    """A value as it comes back from JSON: lists for tuples, texts for the keys of tables."""
    return json.loads(json.dumps(value))
