"""blocks: the network's parts alone, forward and backward, in training and evaluation mode."""

import torch
from torch import nn
from ultralytics.nn.modules import DFL, SPPF, Bottleneck, C2f, Concat, Conv

from golden_sections import files
from golden_sections.made import Made, Tolerance

INPUTS = ["state.*", "input*", "cotangent"]
# Single precision, sums in another order; normalization divides by deviations of a few dozen values.
TOLERANCES = [
    ("*.num_batches_tracked", Tolerance()),
    ("*.grad*", Tolerance(of_largest=1e-4)),
    ("*", Tolerance(absolute=1e-5, relative=1e-4)),
]


def convolution(name, arrays):
    """A convolution whose sides stand in the shapes of its weights, input and output."""
    outputs, inputs, kernel, _ = arrays["state.conv.weight"].shape
    stride = round(arrays["input"].shape[2] / arrays["cotangent"].shape[2])
    return Conv(inputs, outputs, kernel, stride)


def bottleneck(name, arrays):
    channels = arrays["input"].shape[1]
    return Bottleneck(channels, channels, shortcut="shortcut" in name, k=(3, 3), e=1.0)


def c2f(name, arrays):
    sides = arrays["input"].shape[1], arrays["cotangent"].shape[1]
    return C2f(*sides, n=2, shortcut="shortcut" in name)


def sppf(name, arrays):
    block = SPPF(arrays["input"].shape[1], arrays["cotangent"].shape[1], k=5)
    # YOLOv8 has the activation here; the class leaves it out for a later generation.
    block.cv1.act = nn.SiLU()
    return block


BLOCKS = {
    "conv": convolution,
    "bottleneck": bottleneck,
    "c2f": c2f,
    "sppf": sppf,
    "maxpool": lambda *_: nn.MaxPool2d(5, stride=1, padding=2),
    "upsample": lambda *_: nn.Upsample(None, 2, "nearest"),
    "concat": lambda *_: Concat(1),
    "dfl": lambda name, arrays: DFL(arrays["state.conv.weight"].shape[1]),
}


def make(folder):
    for path in sorted((folder / "blocks").glob("*.safetensors")):
        arrays = files.read(path)
        figures = {}
        for mode in ["train", "eval"]:
            figures.update(passes(path.stem, arrays, mode))
        yield Made(f"blocks/{path.name}", figures, INPUTS, TOLERANCES)


def passes(name, arrays, mode):
    """Output and gradients of `sum(output * cotangent)`, from the state and inputs of the file."""
    block = BLOCKS[name.split("_")[0]](name, arrays)
    for part in block.modules():
        if isinstance(part, nn.BatchNorm2d):
            part.eps, part.momentum = 1e-3, 0.03
    prefix = "state."
    state = {key.removeprefix(prefix): tensor(value) for key, value in arrays.items() if key.startswith(prefix)}
    block.load_state_dict(state)
    block.train(mode == "train")

    names = sorted(key for key in arrays if key.startswith("input"))
    inputs = [tensor(arrays[key]).requires_grad_() for key in names]
    output = block(inputs if len(inputs) > 1 else inputs[0])
    (output * tensor(arrays["cotangent"])).sum().backward()

    figures = {f"{mode}.output": output}
    figures |= {f"{mode}.grad_{key}": value.grad for key, value in zip(names, inputs)}
    figures |= {f"{mode}.grad.{key}": p.grad for key, p in block.named_parameters() if p.requires_grad}
    if mode == "train":
        figures |= {f"train.buffer_after.{key}": value for key, value in block.named_buffers()}
    return figures


def tensor(array):
    """A tensor of its own: a file's arrays cannot be written to."""
    return torch.from_numpy(array.copy())
