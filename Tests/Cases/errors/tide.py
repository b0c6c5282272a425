"""Draws sets of boxes at random and has TIDE (the package tidecv 1.0.1) break down their errors.

    python Tests/Cases/errors/tide.py > Tests/Cases/errors/tide.json

A set holds `images`, each with `truths` (left, top, width, height, class) and `detections` (the same and a score),
and what TIDE says of it: `map50`, `main` and `special` as shares of 1, `counts` of errors by kind.
"""

import contextlib
import io
import json
import random
import sys

from tidecv import TIDE, Data

SETS, IMAGES, CLASSES = 4, 30, 3


def box(draw):
    return [draw.randrange(0, 200), draw.randrange(0, 200), draw.randrange(10, 60), draw.randrange(10, 60)]


def shaken(draw, b, by):
    x, y, w, h = (v + draw.randint(-by, by) for v in b)
    return [x, y, max(4, w), max(4, h)]


def drawn_set(seed):
    draw = random.Random(seed)
    truth, found, images = Data("truth"), Data("found", max_dets=300), []
    for image in range(IMAGES):
        truths, detections = [], []
        for _ in range(draw.randrange(0, 5)):
            b, c = box(draw), draw.randrange(CLASSES)
            truths.append([*b, c])
            for _ in range(draw.choice([0, 1, 1, 1, 2])):
                near = shaken(draw, b, draw.choice([0, 2, 8, 20]))
                label = c if draw.random() < 0.8 else draw.randrange(CLASSES)
                detections.append([*near, label, round(draw.random(), 6)])
        for _ in range(draw.randrange(0, 3)):
            detections.append([*box(draw), draw.randrange(CLASSES), round(draw.random() * 0.6, 6)])
        truth.add_image(image, str(image))
        found.add_image(image, str(image))
        for *b, c in truths:
            truth.add_ground_truth(image, c, box=b)
        for *b, c, score in detections:
            found.add_detection(image, c, score, box=b)
        images.append({"truths": truths, "detections": detections})
    tide = TIDE()
    with contextlib.redirect_stdout(io.StringIO()):
        run = tide.evaluate(truth, found, mode=TIDE.BOX)
        main, special = tide.get_main_errors()["found"], tide.get_special_errors()["found"]
    return {
        "images": images,
        "map50": round(run.ap / 100, 9),
        "main": {k: round(v / 100, 9) for k, v in main.items()},
        "special": {k: round(v / 100, 9) for k, v in special.items()},
        "counts": {k.short_name: len(v) for k, v in run.error_dict.items()},
    }


json.dump([drawn_set(seed) for seed in range(SETS)], sys.stdout, separators=(",", ":"))
print()
