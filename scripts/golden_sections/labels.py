"""labels: damaged and odd label files and images, and what the reference makes of them; COCO conversion."""

import json
import shutil
import tempfile
from operator import itemgetter
from pathlib import Path

import numpy as np
from ultralytics.data.converter import convert_coco
from ultralytics.data.utils import verify_image_label
from ultralytics.utils.patches import imread

from golden_sections import files
from golden_sections.made import Made, Tolerance

INPUT_FILES = ["labels/labels/*", "labels/images/*", "labels/coco/annotations.json"]
# Rows are single precision printed as doubles: equal, or another reading of the text.
ROWS = [("*.*.labels_cls_xywh", Tolerance(absolute=1e-7)), ("*.*.segments", Tolerance(absolute=1e-7))]
# Decoders of JPEG may round differently; PNG is lossless.
PIXELS = {".jpg": Tolerance(absolute=3), ".png": Tolerance()}


def make(folder):
    with tempfile.TemporaryDirectory() as scratch:
        # The reference rewrites files that it repairs.
        copy = Path(shutil.copytree(folder / "labels", Path(scratch) / "labels"))
        yield from audits(folder, copy)
        yield from conversions(folder, copy)


def audits(folder, copy):
    old = files.read(folder / "labels" / "expected.json")
    inline = copy / "inline.txt"
    inline.write_text(old["inline_label",] + "\n", encoding="utf-8")
    figures, images = {}, {}
    for kind in ["label_files", "image_files"]:
        for i in sorted({place[1] for place in old if place[0] == kind}):
            image = copy / old[kind, i, "image"]
            label = copy / old[kind, i, "label"]
            found = {}
            if kind == "image_files":
                found["imread"], pixels = decoded(image, copy)
                if pixels is not None:
                    images[found["imread"]["decoded"]] = pixels, PIXELS[image.suffix]
                label = inline
            found |= audit(image, label, old["nc",])
            figures |= {files.Place((kind, i, *place)): value for place, value in files.leaves(found)}
    inputs = ["nc", "inline_label", "*_files.*.image", "*_files.*.label"]
    # A message that names a place in memory is another one each time.
    changing = [place[:2] for place in old if place[2:] == ("message_text_depends_on_environment",)]
    for kind, i in changing:
        inputs += [f"{kind}.{i}.message_text_depends_on_environment", f"{kind}.{i}.message"]
        figures.pop(files.Place((kind, i, "message")))
    yield Made("labels/expected.json", figures, inputs, ROWS)
    for name, (pixels, tolerance) in sorted(images.items()):
        yield Made(f"labels/{name}", {"pixels": pixels}, [], [("pixels", tolerance)])


def audit(image, label, classes):
    """What the reference decides about an image and its label file."""
    before, pixels = image.read_bytes(), imread(str(image))
    _, rows, shape, segments, _, missing, found, empty, corrupt, message = verify_image_label(
        (str(image), str(label), "", False, classes, 0, 0, False)
    )
    facts = {
        "outcome": "rejected" if corrupt else "corrected" if message else "accepted",
        "missing": missing,
        "found": found,
        "empty": empty,
        "corrupt": corrupt,
        "message": message.replace(str(image), image.name),
    }
    if not corrupt:
        facts |= {
            "shape_hw": list(shape),
            "labels_cls_xywh": rows.tolist(),
            "segments": [segment.tolist() for segment in segments],
        }
    if image.read_bytes() != before:
        change = np.abs(imread(str(image)).astype(int) - pixels).max()
        facts |= {"image_file_rewritten": True, "max_abs_pixel_change_by_rewrite": int(change)}
    return facts


def decoded(image, copy):
    """What the reference's image reader returns: facts, and the pixels as (height, width, RGB)."""
    pixels = imread(str(image))
    if pixels is None:
        return None, None
    name = f"decoded/{image.stem}.png"
    facts = {"shape": list(pixels.shape), "dtype": str(pixels.dtype), "decoded": name}
    return facts, pixels[..., ::-1].astype(np.int64)


def conversions(folder, copy):
    path = copy / "coco" / "annotations.json"
    given = json.loads(path.read_text(encoding="utf-8"))
    ranks = {category["id"]: rank for rank, category in enumerate(sorted(given["categories"], key=itemgetter("id")))}
    # Classes without gaps, which the reference does not offer: its own rule for identifiers that have none.
    contiguous = {
        **given,
        "annotations": [{**row, "category_id": ranks[row["category_id"]] + 1} for row in given["annotations"]],
    }
    variants = {"expected_category_minus_1": given, "expected_contiguous": contiguous}
    texts = {name: convert(content, copy / name) for name, content in variants.items()}
    for variant, found in texts.items():
        for name, text in found.items():
            yield Made(f"labels/coco/{variant}/{name}", {"text": text})

    names = {category["id"]: category["name"] for category in given["categories"]}
    boxes = np.array([line.split()[1:] for line in texts["expected_contiguous"]["sub/b.txt"].splitlines()], float)
    outside = (boxes[:, :2] + boxes[:, 2:] / 2 > 1 + 1e-6).any() or (boxes[:, :2] - boxes[:, 2:] / 2 < -1e-6).any()
    facts = {
        "files": {
            variant: {name: text.splitlines() for name, text in found.items()} for variant, found in texts.items()
        },
        "contiguous_names": {str(rank): names[key] for key, rank in ranks.items()},
        "skipped_annotation_ids": skipped(given),
        "box_outside_is_clipped": not outside,
        "file_for_unannotated_image": "unannotated.txt" in texts["expected_contiguous"],
    }
    yield Made("labels/coco/expected.json", dict(files.leaves(facts)), ["number_format"])


def convert(content, place):
    """The label files that the reference's converter writes, by name."""
    place.mkdir(exist_ok=True)
    (place / "annotations").mkdir()
    (place / "annotations" / "annotations.json").write_text(json.dumps(content), encoding="utf-8")
    convert_coco(str(place / "annotations"), str(place / "converted"), cls91to80=False)
    labels = place / "converted" / "labels" / "annotations"
    return {str(file.relative_to(labels)): file.read_text() for file in sorted(labels.rglob("*.txt"))}


def skipped(given):
    """Annotations that become no row, by the reason; ours, for the converter does not name them."""
    found, seen = {"crowd": [], "duplicate": [], "zero_size": []}, set()
    for row in given["annotations"]:
        same = row["image_id"], row["category_id"], tuple(row["bbox"])
        if row.get("iscrowd"):
            found["crowd"].append(row["id"])
        elif not all(side > 0 for side in row["bbox"][2:]):
            found["zero_size"].append(row["id"])
        elif same in seen:
            found["duplicate"].append(row["id"])
        seen.add(same)
    return found
