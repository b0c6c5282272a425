"""loss: the detection loss with its assignment, overlaps of boxes, and the distribution focal loss."""

from types import SimpleNamespace

import numpy as np
import torch
from ultralytics.utils.loss import DFLoss, v8DetectionLoss
from ultralytics.utils.metrics import bbox_iou, box_iou
from ultralytics.utils.tal import bbox2dist

from golden_sections import files
from golden_sections.blocks import tensor
from golden_sections.made import Made, Tolerance

INPUT_FILES = ["loss/ciou.json"]  # names of the rows in ciou.safetensors
# Sums of a few thousand terms in single precision; assignments and counts are equal or wrong.
CASE_TOLERANCES = [
    ("loss.*", Tolerance(absolute=1e-7, relative=1e-5)),
    ("grad.*", Tolerance(of_largest=1e-5)),
    ("assign.in.scores", Tolerance(absolute=1e-6)),
    ("assign.out.scores", Tolerance(absolute=1e-5)),
    ("assign.*.boxes", Tolerance(absolute=1e-4)),  # pixels of an image of 128
]
FACT_TOLERANCES = [
    ("cases.*.total", Tolerance(relative=1e-5)),
    ("cases.*.components.*", Tolerance(relative=1e-5)),
    ("cases.*.target_scores_sum", Tolerance(relative=1e-5)),
]
# Boxes without area have gradients near 1e6, of which the relative part says how close they are.
OVERLAP_TOLERANCES = [
    ("*.grad_*", Tolerance(absolute=1e-5, relative=1e-3)),
    ("*", Tolerance(absolute=1e-6, relative=1e-5)),
]
FOCAL_TOLERANCES = [
    ("grad_pred", Tolerance(of_largest=1e-5)),
    ("*", Tolerance(absolute=1e-6, relative=1e-5)),
]


def make(folder):
    path = folder / "loss"
    old = files.read(path / "loss.json")
    names = sorted({place[1] for place in old if place[0] == "cases"})
    facts = {}
    for name in names:
        arrays = files.read(path / f"{name}.safetensors")
        given = {place[2]: value for place, value in old.items() if place[:2] == ("cases", name)}
        given["gains"] = {p[3]: v for p, v in old.items() if p[:3] == ("cases", name, "gains")}
        figures, found = case(arrays, given)
        facts |= {files.Place(("cases", name, *place)): value for place, value in files.leaves(found)}
        yield Made(
            f"loss/{name}.safetensors", figures, ["pred.*", "targets"], CASE_TOLERANCES
        )
    facts |= {files.Place(("assigner", key)): value for key, value in assigner_facts().items()}
    inputs = [f"cases.*.{key}" for key in ["batch", "nc", "image_hw", "feature_hw", "gains.*"]]
    yield Made("loss/loss.json", facts, inputs, FACT_TOLERANCES)
    yield Made(
        "loss/ciou.safetensors", overlaps(files.read(path / "ciou.safetensors")),
        ["prediction", "target"], OVERLAP_TOLERANCES,
    )
    yield Made(
        "loss/dfl.safetensors", focal(files.read(path / "dfl.safetensors")),
        ["pred", "target", "cotangent", "bbox2dist.anchors", "bbox2dist.boxes"], FOCAL_TOLERANCES,
    )


def criterion(gains, classes, strides, bins=16):
    """The reference's loss; of a model it wants only the head's sizes and the gains."""
    head = SimpleNamespace(stride=torch.tensor(strides), nc=classes, reg_max=bins)
    model = SimpleNamespace(
        args=SimpleNamespace(**gains), model=[head], parameters=lambda: iter([torch.zeros(1)])
    )
    return v8DetectionLoss(model)


def case(arrays, given):
    """The arrays of one case, and its facts for loss.json."""
    height, _ = given["image_hw"]
    maps = given["feature_hw"]
    strides = [float(height / rows) for rows, _ in maps]
    loss = criterion(given["gains"], given["nc"], strides)
    seen = {}
    loss.assigner.register_forward_hook(lambda _, args, out: seen.update(given=args, out=out))

    boxes = tensor(arrays["pred.boxes"]).requires_grad_()
    scores = tensor(arrays["pred.scores"]).requires_grad_()
    targets = tensor(arrays["targets"])
    feats = [torch.zeros(len(boxes), 1, *sides) for sides in maps]
    parts, items = loss(
        {"boxes": boxes, "scores": scores, "feats": feats},
        {"batch_idx": targets[:, 0], "cls": targets[:, 1], "bboxes": targets[:, 2:]},
    )
    parts.sum().backward()

    asked = dict(zip(["scores", "boxes", "anchors", "gt_labels", "gt_boxes", "gt_mask"], seen["given"]))
    answer = dict(zip(["labels", "boxes", "scores", "fg", "gt_index"], seen["out"]))
    answer["gt_index"] = answer["gt_index"].long()  # floats where there is no object at all
    cells = torch.cat([torch.full((rows * columns, 1), stride) for (rows, columns), stride in zip(maps, strides)])
    figures = {
        "anchors": asked["anchors"] / cells,
        "strides": cells,
        "loss.components": torch.stack(list(items.values())),
        "loss.components_times_batch": parts,
        "loss.total": parts.sum(),
        "grad.boxes": boxes.grad,
        "grad.scores": scores.grad,
    }
    figures |= {f"assign.in.{key}": value for key, value in asked.items()}
    figures |= {f"assign.out.{key}": value for key, value in answer.items()}
    return figures, case_facts(parts, items, answer, maps, targets)


def case_facts(parts, items, answer, maps, targets):
    learning = answer["fg"].bool()
    sizes = [rows * columns for rows, columns in maps]
    return {
        "total": parts.sum().item(),
        "components": {key: value.item() for key, value in items.items()},
        "target_scores_sum": answer["scores"].sum().item(),
        "foreground": learning.sum().item(),
        "foreground_with_zero_score": (learning & (answer["scores"].sum(-1) == 0)).sum().item(),
        "foreground_per_scale": [part.sum().item() for part in learning.split(sizes, dim=1)],
        "ground_truth_per_image": np.bincount(
            targets[:, 0].long().numpy(), minlength=len(learning)
        ).tolist(),
    }


def assigner_facts():
    assigner = criterion({}, 2, [8.0, 16.0, 32.0]).assigner
    facts = {key: getattr(assigner, key) for key in ["topk", "alpha", "beta", "eps"]}
    return {**facts, "min_side_pixels": int(assigner.stride_val)}


def overlaps(arrays):
    """IoU and its kin row by row, with the gradients of their sum."""
    figures = {}
    flags = {"iou": [], "giou": ["GIoU"], "diou": ["DIoU"], "ciou": ["CIoU"]}
    for kind, names in flags.items():
        prediction = tensor(arrays["prediction"]).requires_grad_()
        target = tensor(arrays["target"]).requires_grad_()
        value = bbox_iou(prediction, target, xywh=False, **dict.fromkeys(names, True)).squeeze(-1)
        value.sum().backward()
        figures |= {
            kind: value, f"{kind}.grad_prediction": prediction.grad, f"{kind}.grad_target": target.grad
        }
    pairs = box_iou(tensor(arrays["prediction"]), tensor(arrays["target"]))
    return {**figures, "pairwise.iou": pairs}


def focal(arrays):
    """The distribution focal loss, and the distances that it is asked for."""
    logits = tensor(arrays["pred"]).requires_grad_()
    bins = logits.shape[1]
    value = DFLoss(bins)(logits, tensor(arrays["target"]))
    (value * tensor(arrays["cotangent"])).sum().backward()
    anchors, boxes = tensor(arrays["bbox2dist.anchors"]), tensor(arrays["bbox2dist.boxes"])
    return {
        "loss": value,
        "grad_pred": logits.grad,
        "bbox2dist.distances": bbox2dist(anchors, boxes, bins - 1),
    }
