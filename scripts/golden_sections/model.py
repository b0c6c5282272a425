"""model: outputs of trained weights layer by layer, suppression of overlapping boxes, sizes of the family.

Only a larger folder has this section: it needs its `checkpoints` and a photo.
"""

import copy

import torch
from ultralytics import YOLO
from ultralytics.data.augment import LetterBox
from ultralytics.nn.tasks import DetectionModel
from ultralytics.utils import nms, ops
from ultralytics.utils.patches import imread

from golden_sections import files
from golden_sections.blocks import tensor
from golden_sections.made import Made, Tolerance

INPUT_FILES = ["model/image.png"]
CHECKPOINT = "yolov8n_2plysaci.pt"

LAYERS = Tolerance(absolute=1e-4, relative=1e-4)
PIXELS = Tolerance(absolute=2e-3)
COUNTED = Tolerance()
NETWORK = [
    ("anchors", COUNTED),
    ("strides", COUNTED),
    ("*decoded", PIXELS),
    ("*", LAYERS),
]
# Rows and their order are equal or wrong; the suppressed boxes come from outputs computed now.
IMAGE = [
    ("input", Tolerance(absolute=1e-6)),
    ("*.index", COUNTED),
    ("raw.*", LAYERS),
    ("*", PIXELS),
]
SUPPRESSION = [("*.index", COUNTED), ("*", Tolerance(absolute=1e-4))]
FACTS = [("models.*.*.gflops_640", Tolerance(relative=1e-9))]


def make(folder):
    path = folder / "model"
    model = load(folder / "checkpoints" / CHECKPOINT)
    name = "yolov8n_2plysaci_96x128"
    image = tensor(files.read(path / f"{name}.safetensors")["input"])
    yield Made(f"model/{name}.safetensors", layers(model, image), ["input"], NETWORK)

    photo = imread(str(path / "image.png"))
    given = files.read(path / "image.json")
    facts, written = {}, {}
    for shape in ["rect", "square"]:
        name = f"model/image_{shape}_320.safetensors"
        letterbox = LetterBox((given["imgsz",],) * 2, auto=shape == "rect", stride=32)
        figures, found = one_image(model, photo, letterbox)
        # Boxes that score almost the threshold come and go with the last bits.
        old = tensor(files.read(folder / name)["decoded"])
        sizes = figures["input"].shape[2:], photo.shape[:2]
        kept, now = (kept_rows(decoded, given[shape, "conf_mid"], sizes) for decoded in [old, figures["decoded"]])
        facts[shape] = found | counts(kept)
        written |= {files.Place((shape, key)): count for key, count in counts(now).items()}
        yield Made(name, figures | kept, [], IMAGE, written=now)
    rows = public_rows(folder / "checkpoints" / CHECKPOINT, path / "image.png")
    yield Made("model/image_predict_api.safetensors", {"boxes": rows}, [], [("*", PIXELS)])
    facts |= {"image_hw": list(photo.shape[:2]), "predict_api_rows": len(rows)}
    inputs = ["imgsz", "max_det", "iou", "*.conf_mid"]
    yield Made(
        "model/image.json", dict(files.leaves(facts)), inputs, [("**", Tolerance(relative=1e-9))], written=written
    )

    yield from suppressions(path)
    yield from family(path)


def load(path):
    """The network in a checkpoint, in single precision and evaluation mode."""
    # The file is one of the golden data's own; a pickle of a stranger would be a program.
    content = torch.load(path, map_location="cpu", weights_only=False)
    return (content.get("model") or content["ema"]).float().eval()


@torch.no_grad()
def outputs(model, image):
    """Decoded boxes and scores, and the head's raw ones."""
    decoded, raw = model(image)
    return decoded, raw["boxes"], raw["scores"]


def fused(model):
    return copy.deepcopy(model).fuse(verbose=False)


def layers(model, image):
    """What comes out of every layer."""
    figures, hooks = {}, []

    def watch(part, name):
        hooks.append(part.register_forward_hook(lambda _, __, out: figures.update({name: out})))

    *trunk, head = model.model
    for i, part in enumerate(trunk):
        watch(part, f"layer.{i:02}")
    for level in range(head.nl):
        watch(head.cv2[level], f"head.box.{level}")
        watch(head.cv3[level], f"head.cls.{level}")
    decoded, boxes, scores = outputs(model, image)
    for hook in hooks:
        hook.remove()
    figures |= {
        "decoded": decoded, "raw.boxes": boxes, "raw.scores": scores,
        "anchors": head.anchors, "strides": head.strides,
    }
    names = ["fused.decoded", "fused.boxes", "fused.scores"]
    return figures | dict(zip(names, outputs(fused(model), image)))


def one_image(model, photo, letterbox):
    """The photo as input, and the network's output; how it was fitted into the input."""
    canvas = letterbox(image=photo)
    image = torch.from_numpy(canvas[..., ::-1].transpose(2, 0, 1).copy())[None].float() / 255
    decoded, boxes, scores = outputs(model, image)
    figures = {"input": image, "decoded": decoded, "raw.boxes": boxes, "raw.scores": scores}
    figures["fused.decoded"] = outputs(fused(model), image)[0]
    geometry = letterbox.get_params({"img": photo})
    keys = ["ratio", "new_unpad", "top", "bottom", "left", "right"]
    facts = {key: geometry[key] for key in keys}
    facts |= {key: list(facts[key]) for key in ["ratio", "new_unpad"]}
    return figures, {"letterbox": facts, "input_shape": list(image.shape)}


def kept_rows(decoded, middle, sizes):
    """The boxes that suppression leaves at several thresholds, in the input and in the photo."""
    figures = {}
    for name, level, is_multiple in [
        ("conf0.001_multilabel", 0.001, True),
        ("conf0.001_singlelabel", 0.001, False),
        ("conf0.25", 0.25, False),
        ("confmid_multilabel", middle, True),
    ]:
        rows, index = suppressed(decoded, conf_thres=level, iou_thres=0.7, multi_label=is_multiple, max_det=300)
        figures |= {f"nms.{name}": rows, f"nms.{name}.index": index}
        scaled = rows.clone()
        scaled[:, :4] = ops.scale_boxes(sizes[0], scaled[:, :4], sizes[1])
        figures[f"scaled.{name}"] = scaled
    return figures


def counts(figures):
    """How many boxes are kept at each threshold."""
    names = [key for key in figures if key.startswith("nms.") and not key.endswith(".index")]
    return {f"n_{key.removeprefix('nms.')}": len(figures[key]) for key in names}


def suppressed(prediction, **options):
    """Rows that suppression leaves, and the anchor of each."""
    rows, index = nms.non_max_suppression(prediction.clone(), return_idxs=True, **options)
    return rows[0], index[0].reshape(-1).long()


def public_rows(checkpoint, image):
    found = YOLO(str(checkpoint)).predict(str(image), imgsz=320, conf=0.001, iou=0.7, device="cpu", verbose=False)
    return found[0].boxes.data


def suppressions(path):
    prediction = tensor(files.read(path / "nms_synthetic.safetensors")["prediction"])
    old = files.read(path / "nms_synthetic.json")
    figures, facts = {}, {}
    for name in dict.fromkeys(place[1] for place in old if place[0] == "cases"):
        options = {place[2]: value for place, value in old.items() if place[:2] == ("cases", name)}
        del options["n"]
        rows, index = suppressed(prediction, max_wh=old["max_wh",], **options)
        figures |= {f"{name}.detections": rows, f"{name}.index": index}
        facts[files.Place(("cases", name, "n"))] = len(rows)
    yield Made("model/nms_synthetic.safetensors", figures, ["prediction"], SUPPRESSION)
    inputs = [place for place in old if place not in facts]
    yield Made("model/nms_synthetic.json", facts, inputs)


def family(path):
    """Sizes of all scales, and names and shapes of what a state dictionary holds."""
    old = files.read(path / "facts.json")
    facts, names = {}, {}
    for i in sorted({place[1] for place in old}):
        scale, classes = old["models", i, "scale"], old["models", i, "nc"]
        model = DetectionModel(f"yolov8{scale}.yaml", nc=classes, verbose=False)
        found = {"strides": model.stride.tolist(), "unfused": sizes(model), "table": rows(model)}
        if scale == "n":
            names[f"nc{classes}"] = entries(model)
        model.fuse(verbose=False)
        if scale == "n":
            names[f"nc{classes}_fused"] = entries(model)
        found["fused"] = sizes(model)
        facts |= {files.Place(("models", i, *place)): value for place, value in files.leaves(found)}
    # How often a part is repeated and with what arguments is told by the reference's log alone.
    inputs = ["models.*.scale", "models.*.nc", "models.*.table.*.repeats", "models.*.table.*.args"]
    yield Made("model/facts.json", facts, inputs, FACTS)
    yield Made("model/yolov8n_state_dict.json", dict(files.leaves(names)))


def sizes(model):
    found = model.info(verbose=True)
    return dict(zip(["layers", "parameters", "gradients", "gflops_640"], found))


def rows(model):
    return [
        {"index": part.i, "from": part.f, "module": part.type.split(".")[-1], "params": part.np}
        for part in model.model
    ]


def entries(model):
    return [
        [key, list(value.shape), str(value.dtype).removeprefix("torch.")]
        for key, value in model.state_dict().items()
    ]
