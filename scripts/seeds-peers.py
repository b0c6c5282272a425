"""Trains with Ultralytics from several seeds, as docs/results.md does with yolos, and prints what came of each.

  .venv-peers/bin/python scripts/seeds-peers.py plush.yaml yolov8s.pt 0 1 2
    --epochs 12           one epoch shows the losses before the weights have moved
    --mosaic 1            0: without mosaics
    --freeze 10           modules from the front that keep their weights
    --batch 8             pictures in a batch
    --plain               nothing by chance: no augmentation at all, and every epoch's line of results.csv is shown;
                          with all pictures in one batch no seed matters beyond the order of additions

The pictures are 640 pixels wide, and all other options those of Ultralytics. A line
holds the seed, the best epoch (the one with the highest mAP50-95) with its mAP50 and mAP50-95, and the three losses
of the first epoch. scripts/bench --peers makes the virtual environment; runs are left in runs/peers.
"""

import argparse
import csv
import os
import statistics

os.environ.setdefault("YOLO_VERBOSE", "False")
parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("data")
parser.add_argument("weights")
parser.add_argument("seeds", type=int, nargs="+")
parser.add_argument("--epochs", type=int, default=12)
parser.add_argument("--mosaic", type=float, default=1)
parser.add_argument("--freeze", type=int, default=10)
parser.add_argument("--batch", type=int, default=8)
parser.add_argument("--plain", action="store_true")
options = parser.parse_args()

from ultralytics.models.yolo.detect import DetectionTrainer


chance = ["mosaic", "hsv_h", "hsv_s", "hsv_v", "fliplr", "translate", "scale", "erasing"]
plain = dict.fromkeys(chance, 0) if options.plain else dict(mosaic=options.mosaic)


def train(seed):
    """The rows of the run's results.csv."""
    trainer = DetectionTrainer(
        overrides=dict(
            model=options.weights, data=options.data, epochs=options.epochs, imgsz=640,
            batch=options.batch, freeze=options.freeze, **plain, seed=seed, device="cpu", workers=0, plots=False,
            project=os.path.abspath("runs/peers"), name=f"seed-{seed}", exist_ok=True,
        )
    )
    trainer.train()
    with open(trainer.csv) as file:
        if options.plain:
            print(file.read(), flush=True)
            file.seek(0)
        return [{key.strip(): float(value) for key, value in row.items()} for row in csv.DictReader(file)]


columns = [f"metrics/{score}(B)" for score in ("mAP50", "mAP50-95")]
losses = [f"train/{loss}_loss" for loss in ("box", "cls", "dfl")]
table = []
print("seed  epoch  mAP50  mAP50-95  box    cls    dfl", flush=True)
for seed in options.seeds:
    rows = train(seed)
    best = max(rows, key=lambda row: row[columns[1]])
    table.append([best[column] for column in columns] + [rows[0][loss] for loss in losses])
    map50, map50_95, box, cls, dfl = table[-1]
    print(f"{seed:4}  {best['epoch']:5.0f}  {map50:.3f}  {map50_95:.3f}     {box:.3f}  {cls:.3f}  {dfl:.3f}", flush=True)
map50, map50_95, box, cls, dfl = map(statistics.mean, zip(*table))
print(f"mean         {map50:.3f}  {map50_95:.3f}     {box:.3f}  {cls:.3f}  {dfl:.3f}")
