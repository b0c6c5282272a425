"""train_step: a small network's forward and backward pass, three steps of its optimizer, and the EMA.

Every run starts from the weights in `init`, on the one batch in `forward`. The reference's trainer freezes,
sets BatchNorm to evaluation, clips, steps and averages.
"""

import inspect
from pathlib import Path

import torch
import yaml
from torch import nn
from ultralytics.cfg import get_cfg
from ultralytics.nn.tasks import DetectionModel
from ultralytics.utils import ROOT
from ultralytics.utils.torch_utils import ModelEMA

from golden_sections import files
from golden_sections.blocks import tensor
from golden_sections.made import Made, Tolerance
from golden_sections.trainer import prepared

INPUT_FILES = ["train_step/init.safetensors"]
STEPS = 3
# Depth, width and greatest number of channels; `init` fits no other network.
SCALE = [0.33, 0.03125, 512]

# BatchNorm over eight values amplifies rounding.
FORWARD = [
    ("loss.*", Tolerance(relative=1e-5)),
    ("pred.*", Tolerance(absolute=1e-3, relative=1e-4)),
    ("grad.*", Tolerance(of_largest=2e-3)),
]
COUNTS = ("*.num_batches_tracked", Tolerance())
FIRST_STATE = [COUNTS, ("*", Tolerance(absolute=5e-6, relative=1e-5))]
LAST_STATE = [COUNTS, ("*", Tolerance(absolute=5e-4, relative=1e-5))]
# The later steps start from weights that have drifted apart by then.
FACTS = [
    ("runs.*.history.0.*_loss", Tolerance(absolute=1e-4)),
    ("runs.*.history.0.*", Tolerance(relative=1e-4)),
    ("runs.*.history.*.*", Tolerance(relative=1e-2)),
    ("**", Tolerance(relative=1e-9)),
]
# How far single precision is from double is a measurement of one machine, not a figure of the method.
RUN_INPUTS = ["name", "lr", "momentum", "decay", "freeze", "float32_vs_float64.**"]


def make(folder):
    path = folder / "train_step"
    old = files.read(path / "train_step.json")
    start = {name: tensor(value) for name, value in files.read(path / "init.safetensors").items()}
    batch = files.read(path / "forward.safetensors")
    names = dict.fromkeys(place[1] for place in old if place[0] == "runs")
    facts, seen = {}, set()
    for name in names:
        given = {place[2]: value for place, value in old.items() if place[:2] == ("runs", name)}
        found, made = run(name, given, start, batch)
        facts |= {files.Place(("runs", name, *place)): value for place, value in files.leaves(found)}
        for one in made:
            # Runs without freezing share their first pass; the clone holds some files, a larger folder all.
            if one.path not in seen and (folder / one.path).exists():
                yield one
            seen.add(one.path)
    facts |= {files.Place(("ema", key)): value for key, value in average_rule().items()}
    inputs = ["image_hw", "clip_norm", *(f"runs.{name}.{key}" for name in names for key in RUN_INPUTS)]
    yield Made("train_step/train_step.json", facts, inputs, FACTS)


def network(start, scale=SCALE, bins=16):
    """A YOLOv8 of two classes, of that depth, width and greatest number of channels, with those weights."""
    description = yaml.safe_load((Path(ROOT) / "cfg/models/v8/yolov8.yaml").read_text())
    description |= {"nc": 2, "reg_max": bins, "scale": "n", "scales": {"n": scale}}
    model = DetectionModel(description, verbose=False)
    model.load_state_dict(start)
    model.args = get_cfg()
    return model


def run(name, given, start, batch):
    """The facts of one run, and its files."""
    # A batch of the nominal size: nothing is accumulated, and the decay stays as it is.
    options = {
        "optimizer": given["name"], "lr0": given["lr"], "momentum": given["momentum"], "batch": 64,
        "weight_decay": given["decay"], "freeze": given.get("freeze"), "epochs": STEPS,
    }
    trainer = prepared(options, model=network(start))
    model = trainer.model
    facts = {"history": [], "groups": groups(trainer), "ema_decay_after_step": {}}
    made = []
    for step in range(1, STEPS + 1):
        trainer._model_train()
        predictions, figures, history = forward(model, batch)
        facts["history"].append(history)
        if step == 1:
            facts["without_gradient"] = [key for key, p in model.named_parameters() if p.grad is None]
            gradients = {f"grad.{key}": p.grad.clone() for key, p in model.named_parameters() if p.grad is not None}
            forward_name = "forward" if given.get("freeze") is None else f"{name}_forward"
            made.append(
                Made(
                    f"train_step/{forward_name}.safetensors", predictions | figures | gradients,
                    ["img", "targets"], FORWARD,
                )
            )
        trainer.optimizer_step()
        facts["ema_decay_after_step"][str(step)] = trainer.ema.decay(step)
        if step in (1, STEPS):
            tolerances = state_tolerances(given, step)
            for suffix, source in [("", model), ("_ema", trainer.ema.ema)]:
                state = {key: value.clone() for key, value in source.state_dict().items()}
                made.append(Made(f"train_step/{name}_step{step}{suffix}.safetensors", state, [], tolerances))
    facts["unchanged_after_3_steps"] = [
        key for key, value in model.state_dict().items() if torch.equal(value, start[key])
    ]
    return facts, made


def state_tolerances(given, step):
    if given["name"] == "SGD":
        return FIRST_STATE if step == 1 else LAST_STATE
    # AdamW moves an element whose gradient is nearly nothing by a whole step, either way.
    return [COUNTS, ("*", Tolerance(absolute=2 * given["lr"] * step))]


def forward(model, batch):
    """Forward and backward pass: predictions, loss, and the row of the history."""
    images, targets = tensor(batch["img"]), tensor(batch["targets"])
    predictions = model(images)
    labels = {"img": images, "batch_idx": targets[:, 0], "cls": targets[:, 1:2], "bboxes": targets[:, 2:]}
    parts, items = model.loss(labels, predictions)
    parts.sum().backward()
    parameters = [p for p in model.parameters() if p.grad is not None]
    # Clipping to infinity only measures.
    norm = nn.utils.clip_grad_norm_(parameters, float("inf")).item()
    history = {
        "total": parts.sum().item(),
        **{key: value.item() for key, value in items.items()},
        "grad_norm": norm,
        "clip_scale": min(1, 10 / (norm + 1e-6)),
    }
    figures = {
        "loss.components": torch.stack(list(items.values())),
        "loss.components_times_batch": parts,
        "loss.total": parts.sum(),
    }
    return {f"pred.{key}": predictions[key] for key in ["boxes", "scores"]}, figures, history


def groups(trainer):
    names = {id(p): key for key, p in trainer.model.named_parameters()}
    return [
        {
            "name": group["param_group"],
            "weight_decay": group["weight_decay"],
            "lr": group["lr"],
            "params": [names[id(p)] for p in group["params"]],
        }
        for group in trainer.optimizer.param_groups
    ]


def average_rule():
    """The limit of the EMA's decay and its time constant, as the reference's class has them by default."""
    defaults = inspect.signature(ModelEMA).parameters
    return {key: defaults[key].default for key in ["decay", "tau"]}
