"""schedule: rates, momentum and accumulation of every iteration; rules that decide on a run.

`this_version` and the rules come from runs of the reference's trainer; what is called `classic` follows the
rules of version 8.0, which are written out here.
"""

import functools
import math

import numpy as np
from ultralytics.nn.tasks import DetectionModel
from ultralytics.utils.metrics import Metric
from ultralytics.utils.torch_utils import ModelEMA

from golden_sections import files
from golden_sections.made import Made, Tolerance
from golden_sections.trainer import Speck, WatchedTrainer, prepared, trained

# Both sides compute in doubles.
DOUBLES = [("**", Tolerance(relative=1e-9))]
COLUMNS = ["lr_weight", "lr_bn", "lr_bias", "momentum", "accumulate", "optimizer_step"]


def make(folder):
    old = files.read(folder / "schedule" / "schedules.json")
    figures, inputs = {}, []
    for kind, run in [("this_version", watched), ("classic_rule_100_iterations", classic)]:
        for name in dict.fromkeys(place[1] for place in old if place[0] == kind):
            given = {place[2]: value for place, value in old.items() if place[:2] == (kind, name)}
            found = run(given, is_automatic=name.startswith("auto_"))
            figures |= {files.Place((kind, name, *place)): value for place, value in files.leaves(found)}
            inputs += [f"{kind}.{name}.{key}" for key in given if key not in found]
    yield Made("schedule/schedules.json", figures, inputs, DOUBLES)

    old = files.read(folder / "schedule" / "rules.json")
    inputs = [
        "auto_optimizer.rule", "auto_optimizer.iterations", "auto_optimizer.cases.*.nc",
        "auto_optimizer.cases.*.iterations", "accumulate_and_weight_decay.nbs",
        "accumulate_and_weight_decay.weight_decay", "accumulate_and_weight_decay.rows.*.batch",
        "accumulate_and_weight_decay.note", "early_stopping.*.patience", "early_stopping.*.rows.*.epoch",
        "early_stopping.*.rows.*.fitness", "close_mosaic.*.epochs", "close_mosaic.*.close_mosaic",
    ]
    yield Made("schedule/rules.json", decisions(old), inputs, DOUBLES)


# Schedules


def watched(given, is_automatic):
    """A run of the reference's trainer over all iterations."""
    keys = ["epochs", "batch", "lrf", "cos_lr", "warmup_epochs", "warmup_momentum", "momentum"]
    options = {key: given[key] for key in keys}
    chosen = ["optimizer", "lr0", "warmup_bias_lr"]
    options |= {"optimizer": "auto"} if is_automatic else {key: given[key] for key in chosen}
    trainer = trained(options, batches=given["batches_per_epoch"])
    found = {
        "warmup_iterations": trainer._get_warmup_iterations(given["batches_per_epoch"]),
        "weight_decay_scaled": trainer.groups()["weight"]["weight_decay"],
        "iterations_estimate": trainer.estimate,
        "per_iteration": columns(trainer.iterations),
    }
    if is_automatic:
        found |= {"optimizer": type(trainer.optimizer).__name__}
        found |= {key: getattr(trainer.args, key) for key in ["lr0", "warmup_bias_lr"]}
    return found


def columns(iterations):
    return {key: [row[key] for row in iterations] for key in COLUMNS}


def classic(given, is_automatic, nominal=64):
    """The schedule of version 8.0: warm-up takes at least 100 iterations, however short the run is."""
    count, epochs, batch = given["batches_per_epoch"], given["epochs"], given["batch"]
    warmup = max(round(given["warmup_epochs"] * count), 100)
    rows, last = [], -1
    for i in range(count * epochs):
        done = i // count / epochs
        decay = (1 + math.cos(math.pi * done)) / 2 if given["cos_lr"] else 1 - done
        target = given["lr0"] * (decay * (1 - given["lrf"]) + given["lrf"])

        def toward(start, end):
            return float(np.interp(i, [0, warmup], [start, end]))

        accumulate = max(1, round(toward(1, nominal / batch)))
        steps = i - last >= accumulate
        last = i if steps else last
        rows.append(
            {
                "lr_weight": toward(0.0, target),
                "lr_bn": toward(0.0, target),
                "lr_bias": toward(given["warmup_bias_lr"], target),
                "momentum": toward(given["warmup_momentum"], given["momentum"]),
                "accumulate": accumulate,
                "optimizer_step": steps,
            }
        )
    images = count * batch
    return {
        "warmup_iterations": warmup,
        "weight_decay_scaled": scaled_decay(batch, nominal),
        "iterations_estimate": math.ceil(images / max(batch, nominal)) * epochs,
        "per_iteration": columns(rows),
    }


def scaled_decay(batch, nominal, decay=0.0005):
    return decay * batch * max(round(nominal / batch), 1) / nominal


# Rules of a run


def decisions(old):
    figures = {}

    def put(found, *place):
        figures.update({files.Place((*place, *inner)): value for inner, value in files.leaves(found)})

    for i, row in rows(old, "auto_optimizer", "cases"):
        put(automatic_optimizer(row), "auto_optimizer", "cases", i)
    for i, row in rows(old, "accumulate_and_weight_decay", "rows"):
        put(batch_rules(row["batch"]), "accumulate_and_weight_decay", "rows", i)
    put(fitness_weights(), "fitness_weights")
    for name in dict.fromkeys(place[1] for place in old if place[0] == "early_stopping"):
        planned = [row["fitness"] for _, row in rows(old, "early_stopping", name, "rows")]
        found = stopping(old[("early_stopping", name, "patience")], planned)
        put({"rows": found}, "early_stopping", name)
    for i, row in rows(old, "close_mosaic"):
        put(mosaic(row["epochs"], row["close_mosaic"]), "close_mosaic", i)
    average = ModelEMA(Speck())
    updates = [place[1] for place in old if place[0] == "ema_decay"]
    put({update: average.decay(int(update)) for update in updates}, "ema_decay")
    return figures


def rows(old, *place):
    """The numbered tables below a place, with their plain values."""
    found = {}
    for path, value in old.items():
        if path[: len(place)] == place and len(path) > len(place) + 1:
            found.setdefault(path[len(place)], {})[path[len(place) + 1]] = value
    return sorted(found.items())


@functools.cache
def detector(classes):
    return DetectionModel("yolov8n.yaml", nc=classes, verbose=False)


def automatic_optimizer(row):
    """What `optimizer=auto` chooses for a YOLOv8n of so many classes and a run of so many iterations."""
    trainer = WatchedTrainer({"optimizer": "auto"}, classes=row["nc"])
    optimizer = trainer.build_optimizer(
        detector(row["nc"]), name="auto", lr=trainer.args.lr0, momentum=trainer.args.momentum,
        decay=trainer.args.weight_decay, iterations=row["iterations"],
    )
    return {
        "optimizer": type(optimizer).__name__,
        "args_lr0_after": trainer.args.lr0,
        "args_warmup_bias_lr_after": trainer.args.warmup_bias_lr,
        "args_momentum_after": trainer.args.momentum,
        "groups": [
            {
                "name": group["param_group"],
                "lr": group["lr"],
                "weight_decay": group["weight_decay"],
                "momentum": group.get("momentum"),
                "betas": list(group["betas"]) if "betas" in group else None,
                "n": len(group["params"]),
            }
            for group in optimizer.param_groups
        ],
    }


def batch_rules(batch):
    """Accumulation and weight decay of a run long enough to be capped by nothing."""
    trainer = prepared({"optimizer": "SGD", "batch": batch, "epochs": 100})
    return {
        "accumulate": trainer.accumulate,
        "weight_decay": trainer.groups()["weight"]["weight_decay"],
    }


def fitness_weights():
    """The fitness of one score alone, all others being nothing."""
    weights = {}
    for i, name in enumerate(["precision", "recall", "map50", "map50_95"]):
        metric = Metric()
        metric.mean_results = lambda: list(np.eye(4)[i])
        weights[name] = metric.fitness()
    return weights


def stopping(patience, planned):
    """What a run decides after each epoch, of which validation finds the planned fitness."""
    options = {"optimizer": "SGD", "patience": patience, "epochs": 10 * len(planned), "save": True}
    seen = trained(options, fitnesses=planned).epochs_seen
    keys = ["stop", "possible_stop", "best_epoch", "stopper_best", "writes_best_pt"]
    return [{key: epoch[key] for key in keys} for epoch in seen]


def mosaic(epochs, closing):
    """Before which epoch the mosaic is closed, none for never."""
    seen = trained({"optimizer": "SGD", "epochs": epochs, "close_mosaic": closing}).epochs_seen
    closed = [i for i, epoch in enumerate(seen) if epoch["is_closed"]]
    # Version 8.0 closed it in the epoch with exactly this number, if there is one.
    exact = epochs - closing
    return {
        "closed_before_epoch_index": closed[0] if closed else None,
        "classic_closed_before_epoch_index": exact if 0 <= exact < epochs else None,
    }
