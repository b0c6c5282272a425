"""Trains with Ultralytics from several seeds, as docs/results.md does with yolos, and prints what came of each.

  .venv-peers/bin/python scripts/seeds-peers.py plush.yaml yolov8s.pt 0 1 2
    --set epochs=1 freeze=None    other options of Ultralytics, as Python writes their values; without it
                                  epochs=12 imgsz=640 batch=8 freeze=10, and the defaults of Ultralytics
    --plain                       no augmentation, and all lines of results.csv: with all images in one batch only
                                  the order of additions is left to chance

It prints CSV: the seed, the best epoch (the one with the highest mAP50-95) with its mAP50 and mAP50-95, and the three
losses of the first epoch. scripts/bench --peers makes the virtual environment; runs are left in runs/peers.
"""

import argparse
import ast
import csv
import os
import statistics


def setting(text):
    """Name and value of `name=value`; what is no Python value is text, so that optimizer=SGD needs no quotes."""
    name, value = text.split("=", 1)
    try:
        return name, ast.literal_eval(value)
    except (SyntaxError, ValueError):
        return name, value


os.environ.setdefault("YOLO_VERBOSE", "False")
parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("data")
parser.add_argument("weights")
parser.add_argument("seeds", type=int, nargs="+")
parser.add_argument("--set", type=setting, nargs="+", default=[])
parser.add_argument("--plain", action="store_true")
options = parser.parse_args()

from ultralytics.models.yolo.detect import DetectionTrainer

settings = dict(epochs=12, imgsz=640, batch=8, freeze=10)
if options.plain:
    settings.update(mosaic=0, hsv_h=0, hsv_s=0, hsv_v=0, fliplr=0, translate=0, scale=0)
settings.update(options.set)


def train(seed):
    """The rows of the run's results.csv."""
    trainer = DetectionTrainer(
        overrides=dict(
            settings, model=options.weights, data=options.data, seed=seed, device="cpu", workers=0, plots=False,
            project=os.path.abspath("runs/peers"), name=f"seed-{seed}", exist_ok=True,
        )
    )
    trainer.train()
    with open(trainer.csv) as file:
        lines = file.read().splitlines()
    if options.plain:
        print(*lines, sep="\n", flush=True)
    return [{key.strip(): float(value) for key, value in row.items()} for row in csv.DictReader(lines)]


columns = [f"metrics/{score}(B)" for score in ("mAP50", "mAP50-95")]
losses = [f"train/{loss}_loss" for loss in ("box", "cls", "dfl")]
table = []
if not options.plain:
    print("seed,best epoch,mAP50,mAP50-95,box,cls,dfl", flush=True)
for seed in options.seeds:
    rows = train(seed)
    if options.plain:
        continue
    best = max(rows, key=lambda row: row[columns[1]])
    table.append([best[column] for column in columns] + [rows[0][loss] for loss in losses])
    print(f"{seed},{best['epoch']:.0f},", ",".join(f"{value:.4f}" for value in table[-1]), sep="", flush=True)
for name, summary in (("mean", statistics.mean), ("standard deviation", statistics.stdev)):
    if len(table) > 1:
        print(f"{name},,", ",".join(f"{summary(values):.4f}" for values in zip(*table)), sep="")
