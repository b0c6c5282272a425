"""metrics: matches, precision, recall, average precision and confusion; COCO's figures of the same detections."""

import contextlib
import importlib.metadata
import io
import tempfile
from pathlib import Path

import numpy as np
import pycocotools.coco
import pycocotools.cocoeval
from ultralytics.models.yolo.detect import DetectionValidator
from ultralytics.utils.metrics import ConfusionMatrix, DetMetrics

from golden_sections import files
from golden_sections.blocks import tensor
from golden_sections.made import Made, Tolerance

# Arrays hold single precision, the JSON file doubles of a hundred additions.
ARRAYS = [("tp", Tolerance()), ("confusion.*", Tolerance()), ("*", Tolerance(absolute=1e-6))]
FIGURES = [("**", Tolerance(absolute=1e-9))]


def make(folder):
    arrays = files.read(folder / "metrics" / "metrics.safetensors")
    given = files.read(folder / "metrics" / "metrics.json")
    names = {int(place[1]): name for place, name in given.items() if place[0] == "names"}
    count, (width, height) = given["n_images",], given["image_wh",]
    images = split(arrays, count)

    metrics, thresholds = reference(images, names)
    confusion = {f"conf{level}": confusion_matrix(images, names, level) for level in [0.25, 0.001]}
    box = metrics.box
    computed = {
        "tp": np.concatenate(metrics.stats["tp"]),
        "all_ap": box.all_ap,
        "p": box.p,
        "r": box.r,
        "f1": box.f1,
        "curve.x": box.px,
        "curve.precision": box.p_curve,
        "curve.recall": box.r_curve,
        "curve.f1": box.f1_curve,
        "curve.precision_at_recall": box.prec_values,
    }
    computed |= {f"confusion.{level}": matrix for level, matrix in confusion.items()}
    yield Made("metrics/metrics.safetensors", computed, ["gt", "detections"], ARRAYS)

    facts = {
        "images_without_labels": [i for i, image in enumerate(images) if not len(image["truths"])],
        "image_without_detections": next(i for i, image in enumerate(images) if not len(image["detections"])),
        "class_without_detections": next(
            c for c in names if not any((image["detections"][:, 5] == c).any() for image in images)
        ),
        "iou_thresholds": thresholds,
        "ap_class_index": box.ap_class_index.tolist(),
        "per_class": [class_row(box, i) for i in range(len(box.ap_class_index))],
        "mean": {"precision": box.mp, "recall": box.mr, "map50": box.map50, "map75": box.map75, "map50_95": box.map},
        "fitness": box.fitness(),
        "instances_per_class": metrics.nt_per_class.tolist(),
        "images_per_class": metrics.nt_per_image.tolist(),
        "image_metrics": box.image_metrics,
        "confusion_rows_predicted_columns_true_last_is_background": {
            level: matrix.astype(int).tolist() for level, matrix in confusion.items()
        },
        "coco": coco(images, len(names), (width, height)),
    }
    inputs = ["image_wh", "names.*", "n_images"]
    yield Made("metrics/metrics.json", dict(files.leaves(facts)), inputs, FIGURES, ["coco.pycocotools"])


def split(arrays, count):
    """Objects (class, x1, y1, x2, y2) and detections (x1, y1, x2, y2, confidence, class) of each image."""
    truths, detections = arrays["gt"], arrays["detections"]
    return [
        {"truths": truths[truths[:, 0] == i, 1:], "detections": detections[detections[:, 0] == i, 1:]}
        for i in range(count)
    ]


def sides(image):
    """Detections and objects of one image in the reference's words."""
    found, truths = tensor(image["detections"]), tensor(image["truths"])
    return (
        {"bboxes": found[:, :4], "conf": found[:, 4], "cls": found[:, 5]},
        {"bboxes": truths[:, 1:], "cls": truths[:, 0]},
    )


def reference(images, names):
    """The reference's metrics after all images, and its thresholds of overlap."""
    with tempfile.TemporaryDirectory() as scratch:
        validator = DetectionValidator(save_dir=Path(scratch), args={"device": "cpu"})
    metrics = DetMetrics(names)
    for i, image in enumerate(images):
        found, truths = sides(image)
        classes = truths["cls"].numpy()
        metrics.update_stats(
            {
                **validator._process_batch(found, truths),
                "conf": found["conf"].numpy(),
                "pred_cls": found["cls"].numpy(),
                "target_cls": classes,
                "target_img": np.unique(classes),
                "im_name": f"{i}.jpg",
            }
        )
    metrics.process()
    return metrics, validator.iouv.tolist()


def confusion_matrix(images, names, level):
    matrix = ConfusionMatrix(names)
    for image in images:
        matrix.process_batch(*sides(image), conf=level)
    return np.asarray(matrix.matrix).astype(np.int64)


def class_row(box, i):
    return {
        "class": int(box.ap_class_index[i]),
        "precision": box.p[i],
        "recall": box.r[i],
        "f1": box.f1[i],
        "ap50": box.all_ap[i, 0],
        "ap75": box.all_ap[i, 5],
        "ap50_95": box.ap[i],
        "ap": box.all_ap[i].tolist(),
    }


def coco(images, classes, size, most=100):
    """The figures of pycocotools for the same objects and detections."""

    def corner(box):
        x1, y1, x2, y2 = map(float, box)
        return [x1, y1, x2 - x1, y2 - y1]

    objects, found = [], []
    for i, image in enumerate(images):
        for row in image["truths"]:
            box = corner(row[1:])
            objects.append(
                {
                    "id": len(objects) + 1, "image_id": i, "category_id": int(row[0]),
                    "bbox": box, "area": box[2] * box[3], "iscrowd": 0,
                }
            )
        for row in image["detections"]:
            found.append(
                {"image_id": i, "category_id": int(row[5]), "bbox": corner(row[:4]), "score": float(row[4])}
            )
    with contextlib.redirect_stdout(io.StringIO()):
        truth = pycocotools.coco.COCO()
        truth.dataset = {
            "info": {},
            "images": [{"id": i, "width": size[0], "height": size[1]} for i in range(len(images))],
            "categories": [{"id": c, "name": str(c)} for c in range(classes)],
            "annotations": objects,
        }
        truth.createIndex()
        evaluation = pycocotools.cocoeval.COCOeval(truth, truth.loadRes(found), "bbox")
        evaluation.evaluate()
        evaluation.accumulate()
        evaluation.summarize()
    # Axes: overlap, recall, class, area of the object, most detections an image. -1 stands for none.
    precision = evaluation.eval["precision"][:, :, :, 0, -1]
    assert evaluation.params.maxDets[-1] == most and (precision >= 0).all()
    rows = [
        {
            "class": c,
            "ap50_95": precision[:, :, c].mean(),
            "ap50": precision[0, :, c].mean(),
            "ap75": precision[5, :, c].mean(),
        }
        for c in range(classes)
    ]
    names = {"AP": 0, "AP50": 1, "AP75": 2, "AR100": 8}
    return {
        "pycocotools": importlib.metadata.version("pycocotools"),
        **{name: evaluation.stats[place] for name, place in names.items()},
        "per_class": rows,
        "max_detections": most,
    }
