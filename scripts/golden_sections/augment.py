"""augment: letterbox, color, affine maps, flips and mosaic with given numbers; shapes of rectangular batches.

Only a larger folder has this section. The reference draws its numbers at random; here it draws the ones in
the file.
"""

import contextlib
import tempfile
from pathlib import Path
from types import SimpleNamespace
from unittest import mock

import cv2
import numpy as np
from ultralytics.data.augment import LetterBox, Mosaic, RandomFlip, RandomHSV, RandomPerspective
from ultralytics.data.dataset import YOLODataset
from ultralytics.utils.instance import Instances

from golden_sections import files
from golden_sections.made import Made, Tolerance

INPUT_FILES = ["augment/input.png", "augment/mosaic_in_*.png"]
# Boxes of single precision at coordinates of some hundred; a matrix is printed with nine decimals.
FACTS = [
    *(
        (f"{place}.boxes_*", Tolerance(absolute=1e-4))
        for place in ["letterbox.*", "affine.*", "mosaic.cases.*", "flip*"]
    ),
    ("affine.*.M", Tolerance(absolute=1e-6)),
    ("**", Tolerance(relative=1e-9)),
]
# Versions of OpenCV sample on different grids. All else moves bytes.
SAMPLED = {"affine": 3, "letterbox": 1, "hsv": 1}
INPUTS = [
    "input_hw", "boxes_xywh_normalized", "classes",
    *(f"letterbox.*.{key}" for key in ["file", "new_shape", "auto", "stride", "scaleup", "center", "scale_fill"]),
    *(f"hsv.*.{key}" for key in ["file", "r", "meaning"]),
    *(f"affine.*.{key}" for key in ["file", "size_wh", "parameters.*"]),
    "flip*.file", "box_candidates.before", "box_candidates.after", "box_candidates.rule",
    "mosaic.imgsz", "mosaic.patch_*", "mosaic.cases.*.file", "mosaic.cases.*.yc", "mosaic.cases.*.xc",
    *(f"rect_batches.*.{key}" for key in ["image_hw", "batch", "imgsz", "stride", "pad"]),
]


def make(folder):
    path = folder / "augment"
    old = files.tree(files.read(path / "augment.json"))
    image, boxes, classes = files.read_image(path / "input.png"), old["boxes_xywh_normalized"], old["classes"]

    def fresh():
        return labeled(image, boxes, classes)

    facts = {}
    images = {row["file"]: color(row, fresh()) for row in old["hsv"]}
    for kind, apply in [("letterbox", letterbox), ("affine", affine)]:
        facts[kind] = []
        for row in old[kind]:
            found, images[row["file"]] = apply(row, fresh())
            facts[kind].append(found)
    for name, direction in [("fliplr", "horizontal"), ("flipud", "vertical")]:
        facts[name], images[old[name]["file"]] = flip(direction, fresh())
    before, after = (np.array(old["box_candidates"][key]).T for key in ["before", "after"])
    facts["box_candidates"] = {"keep": RandomPerspective.box_candidates(before, after).tolist()}
    facts["mosaic"] = {"cases": []}
    for row in old["mosaic"]["cases"]:
        found, images[row["file"]] = mosaic(row, old["mosaic"], path)
        facts["mosaic"]["cases"].append(found)
    facts["rect_batches"] = [{"rows_in_loading_order": batches(row)} for row in old["rect_batches"]]

    yield Made("augment/augment.json", dict(files.leaves(facts)), INPUTS, FACTS)
    for name, values in sorted(images.items()):
        tolerance = Tolerance(absolute=SAMPLED.get(name.split("_")[0], 0))
        yield Made(f"augment/{name}", {"pixels": values}, [], [("pixels", tolerance)])


def labeled(image, boxes, classes):
    """An image with its boxes in the reference's form: BGR, boxes in fractions."""
    boxes = np.array(boxes, np.float32).reshape(-1, 4)
    empty = np.zeros((0, 1000, 2), np.float32)
    return {
        "img": np.ascontiguousarray(image[..., ::-1], np.uint8),
        "cls": np.array(classes, np.float32).reshape(-1, 1),
        "instances": Instances(boxes, empty, None, bbox_format="xywh", normalized=True),
        "resized_shape": image.shape[:2],
    }


def pixels(labels):
    return labels["img"][..., ::-1].astype(np.int64)


@contextlib.contextmanager
def drawing(*numbers):
    """Lets the reference draw these numbers, one after the other."""
    with mock.patch("random.uniform", side_effect=numbers):
        yield


def letterbox(row, labels):
    options = {key: row[key] for key in ["auto", "stride", "scaleup", "center", "scale_fill"] if key in row}
    letterbox = LetterBox(tuple(row["new_shape"]), **options)
    geometry = letterbox.get_params(dict(labels))
    labels = letterbox(labels)
    instances = labels["instances"]
    instances.convert_bbox("xyxy")
    keys = ["top", "bottom", "left", "right"]
    facts = {
        "ratio": list(geometry["ratio"]),
        "new_unpad": list(geometry["new_unpad"]),
        **{key: geometry[key] for key in keys},
        "output_hw": list(labels["img"].shape[:2]),
        "boxes_xyxy_pixels": instances.bboxes.tolist(),
    }
    return facts, pixels(labels)


def color(row, labels):
    # With gains of 1 the reference takes the numbers as they are drawn.
    with mock.patch("numpy.random.uniform", return_value=np.array(row["r"])):
        return pixels(RandomHSV(1, 1, 1)(labels))


def affine(row, labels):
    """An affine or perspective map of the image, and what becomes of its boxes on the way."""
    given = row["parameters"]
    bend = given.get("persp", [0, 0])
    transform = RandomPerspective(
        degrees=180, translate=1, scale=1, shear=90, perspective=max(map(abs, bend)), size=tuple(row["size_wh"])
    )
    with drawing(*bend, given["deg"], given["s"], *given["sh"], *given["tr"]):
        parameters = transform.get_params(labels)
    height, width = labels["img"].shape[:2]
    instances = labels["instances"]
    instances.convert_bbox("xyxy")
    instances.denormalize(width, height)
    before = instances.bboxes.copy()
    moved = transform.apply_bboxes(before, parameters["M"])
    clipped = Instances(moved.copy(), labels["instances"].segments, bbox_format="xyxy", normalized=False)
    clipped.clip(*row["size_wh"])
    kept = transform.box_candidates((before * parameters["scale"]).T, clipped.bboxes.T)

    labels = transform.apply_image(labels, parameters)
    labels = transform.apply_instances(labels, parameters)
    facts = {
        "M": np.round(parameters["M"].astype(float), 9).tolist(),
        "boxes_in_xyxy_pixels": before.tolist(),
        "boxes_moved": moved.tolist(),
        "boxes_clipped": clipped.bboxes.tolist(),
        "candidates": kept.tolist(),
        "boxes_out": labels["instances"].bboxes.tolist(),
        "classes_out": labels["cls"].reshape(-1).tolist(),
    }
    return facts, pixels(labels)


def flip(direction, labels):
    labels = RandomFlip(p=1, direction=direction)(labels)
    labels["instances"].convert_bbox("xywh")
    return {"boxes_xywh_normalized": labels["instances"].bboxes.tolist()}, pixels(labels)


def mosaic(row, given, path):
    """Four images around a given center."""
    parts = [
        labeled(files.read_image(path / f"mosaic_in_{i}.png"), boxes, classes)
        for i, (boxes, classes) in enumerate(zip(given["patch_boxes_xywh_normalized"], given["patch_classes"]))
    ]
    for part in parts:
        part.update(im_file="none", ori_shape=part["resized_shape"])
    dataset = SimpleNamespace(cache="ram", buffer=[], get_image_and_label=lambda i: parts[i])
    transform = Mosaic(dataset, imgsz=given["imgsz"], p=1)
    transform.get_indexes = lambda: [1, 2, 3]
    # First whether there is a mosaic at all, then the center.
    with drawing(0, row["yc"], row["xc"]):
        labels = transform(parts[0])
    facts = {
        "output_hw": list(labels["img"].shape[:2]),
        "boxes_xyxy_pixels": labels["instances"].bboxes.tolist(),
        "classes": labels["cls"].reshape(-1).tolist(),
    }
    return facts, pixels(labels)


def batches(row):
    """Rectangular batches of images of these sizes, in the order in which they are loaded."""
    with tempfile.TemporaryDirectory() as scratch:
        for i, (height, width) in enumerate(row["image_hw"]):
            cv2.imwrite(f"{scratch}/{i}.png", np.full((height, width, 3), 200, np.uint8))
        dataset = YOLODataset(
            img_path=scratch, data={"names": {0: "a"}, "nc": 1, "channels": 3}, task="detect", imgsz=row["imgsz"],
            batch_size=row["batch"], augment=False, rect=True, stride=row["stride"], pad=row["pad"],
        )
        return [loaded(dataset, i) for i in range(len(dataset))]


def loaded(dataset, i):
    labels = dataset.get_image_and_label(i)
    fitted = LetterBox(scaleup=False)
    geometry = fitted.get_params(dict(labels))
    place = int(Path(labels["im_file"]).stem)
    facts = {
        "image_index": place,
        "original_hw": list(labels["ori_shape"]),
        "loaded_hw": list(labels["resized_shape"]),
        "batch": int(dataset.batch[i]),
        "batch_hw": dataset.batch_shapes[dataset.batch[i]].tolist(),
        "new_unpad_wh": list(geometry["new_unpad"]),
        **{key: geometry[key] for key in ["top", "left", "bottom", "right"]},
    }
    ratio, padding = fitted(labels)["ratio_pad"]
    return {**facts, "ratio_pad": [list(ratio), list(padding)]}
