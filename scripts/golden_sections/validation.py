"""validation: what a validator makes of objects at the borders of the images, in rectangular and square batches."""

import contextlib
import io
import tempfile
from pathlib import Path
from types import SimpleNamespace

import cv2
import numpy as np
import torch
from ultralytics.models.yolo.detect import DetectionValidator

from golden_sections import files
from golden_sections.blocks import tensor
from golden_sections.made import Made, Tolerance
from golden_sections.metrics import class_row

# Objects in pixels of the input, single precision; matches are bits.
ARRAYS = [("tp.*", Tolerance()), ("*", Tolerance(absolute=1e-4))]
FIGURES = [("**", Tolerance(absolute=1e-9))]


def make(folder):
    arrays = files.read(folder / "validation" / "validation.safetensors")
    given = files.tree(files.read(folder / "validation" / "validation.json"))
    computed, facts = {}, {"runs": []}
    for place, run in enumerate(given["runs"]):
        with tempfile.TemporaryDirectory() as scratch, contextlib.redirect_stdout(io.StringIO()):
            validated = validate(Path(scratch), given, run, arrays)
        computed |= {f"{kind}.{run['name']}": rows for kind, rows in validated["arrays"].items()}
        facts["runs"].append(validated["facts"])
    yield Made("validation/validation.safetensors", computed, ["labels", "detections.*"], ARRAYS)
    inputs = ["names.*", "imgsz", "images.*.*", "runs.*.name", "runs.*.rect", "runs.*.batch"]
    yield Made("validation/validation.json", dict(files.leaves(facts)), inputs, FIGURES)


def name(index):
    """The file of an image; the order of names is that of the images."""
    return f"{index:02}.png"


def validate(scratch, given, run, arrays):
    """The reference's validator, from its loader to its figures, on detections that are given."""
    for folder in ["images", "labels"]:
        (scratch / folder).mkdir()
    for index, image in enumerate(given["images"]):
        cv2.imwrite(str(scratch / "images" / name(index)), np.zeros((image["height"], image["width"], 3), np.uint8))
        rows = arrays["labels"][arrays["labels"][:, 0] == index]
        # Nine digits are a single-precision number in full.
        lines = [f"{int(row[1])} " + " ".join(f"{x:.9g}" for x in row[2:]) + "\n" for row in rows]
        (scratch / "labels" / name(index)).with_suffix(".txt").write_text("".join(lines))
    names = {int(key): value for key, value in given["names"].items()}
    options = {"imgsz": given["imgsz"], "rect": run["rect"], "batch": run["batch"]}
    validator = DetectionValidator(
        save_dir=scratch, args={**options, "device": "cpu", "workers": 0, "plots": False, "mode": "val", "split": "val"}
    )
    validator.stride, validator.device = 32, torch.device("cpu")
    validator.names, validator.data = names, {"names": names, "nc": len(names), "channels": 3, "val": ""}
    validator.dataloader = validator.get_dataloader(str(scratch / "images"), run["batch"])
    validator.init_metrics(SimpleNamespace(names=names))

    inputs, truths, matches = {}, {}, {}
    for batch in validator.dataloader:
        batch = validator.preprocess(batch)
        indices = [int(Path(file).stem) for file in batch["im_file"]]
        predictions = [detections(arrays[f"detections.{run['name']}"], index) for index in indices]
        for place, index in enumerate(indices):
            objects = validator._prepare_batch(place, batch)
            inputs[index] = list(objects["imgsz"])
            truths[index] = [
                [index, int(kind), *box.tolist()] for kind, box in zip(objects["cls"], objects["bboxes"])
            ]
        validator.update_metrics(predictions, batch)
        for index, correct in zip(indices, validator.metrics.stats["tp"][-len(indices):]):
            matches[index] = correct
    in_order = range(len(given["images"]))
    validator.get_stats()
    box = validator.metrics.box
    return {
        "arrays": {
            "truths": np.array([row for index in in_order for row in truths[index]], np.float32),
            "tp": np.concatenate([matches[index] for index in in_order]).astype(np.int64),
        },
        "facts": {
            "inputs_height_width": [[int(side) for side in inputs[index]] for index in in_order],
            "mean": {
                "precision": box.mp, "recall": box.mr, "map50": box.map50, "map75": box.map75, "map50_95": box.map,
            },
            "per_class": [class_row(box, i) for i in range(len(box.ap_class_index))],
            "image_metrics": {name(index): box.image_metrics[name(index)] for index in in_order},
        },
    }


def detections(rows, index):
    """What is found on one image, as suppression would hand it over."""
    rows = tensor(rows[rows[:, 0] == index, 1:])
    return {"bboxes": rows[:, :4], "conf": rows[:, 4], "cls": rows[:, 5], "extra": rows[:, 6:]}
