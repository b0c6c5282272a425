"""Runs one of our peers for scripts/bench, which starts it and tells it when it is its turn.

Usage: bench-peers.py openvino|onnxruntime|ultralytics|ultralytics-workers|ultralytics-as-it-comes
         --folder F --scale n --threads 2
         (--work inference --height H --width W | --work training --batch B --freeze K |
          --work loading|epochs --batch B --data images.yaml)

"ultralytics-workers" loads images in as many processes as there are threads, "ultralytics" in its own.
"ultralytics-as-it-comes" does so too, and trains on as many threads as it chooses itself on a CPU: one fewer
than there are cores.

Prints "ready" once it is warm. For every line with a number N it works N times and prints the milliseconds
of each; when its input ends it prints the peak of its memory in MiB.
"""

import argparse
import os
import shutil
import sys
import time

parser = argparse.ArgumentParser()
parser.add_argument("peer")
parser.add_argument("--folder")
parser.add_argument("--scale", default="n")
parser.add_argument("--work", default="inference")
parser.add_argument("--data")
for name in ["threads", "height", "width", "batch", "freeze"]:
    parser.add_argument(f"--{name}", type=int, default=0)
options = parser.parse_args()
os.environ["OMP_NUM_THREADS"] = str(options.threads)
workers = options.threads if options.peer.endswith("workers") else 0
# The group, loading processes and all, is what scripts/bench stops between the turns.
os.setpgid(0, 0)

import numpy as np


def pixels(count, height, width):
    """The images of Scenes.pixel in Sources/Bench/Workloads.swift, (N, 3, H, W)."""
    n, c, y, x = np.ogrid[:count, :3, :height, :width]
    return ((73 * n + 131 * c + 17 * y + 29 * x + x * y % 251) % 256).astype(np.float32) / np.float32(255)


def objects(count):
    """Scenes.objects: image, class, centre, size."""
    rows = []
    for i in range(count):
        for k in range(8):
            center = (25 + (37 * i + 61 * k) % 50) / 100, (25 + (53 * i + 29 * k) % 50) / 100
            size = (4 + 5 * k) / 100, (4 + (7 * k + i) % 40) / 100
            rows.append((i, (7 * i + 13 * k) % 80, *center, *size))
    return np.array(rows, dtype=np.float32)


def check(output, deviation=(0.5, 1e-3)):
    """The same model must say the same; a wrong answer would be no comparison."""
    want = np.fromfile(f"{options.folder}/output.f32", dtype=np.float32).reshape(output.shape)
    boxes, scores = np.abs(output - want)[:, :4].max(), np.abs(output - want)[:, 4:].max()
    if not (boxes < deviation[0] and scores < deviation[1]):
        sys.exit(f"{options.peer} disagrees: boxes by {boxes} pixels, scores by {scores}")


def openvino():
    import openvino as ov

    settings = {
        "INFERENCE_NUM_THREADS": options.threads,
        "PERFORMANCE_HINT": "LATENCY",
        # As exact as we are; on processors with bfloat16 the default is half as exact.
        "INFERENCE_PRECISION_HINT": "f32",
    }
    model = ov.Core().compile_model(f"{options.folder}/model.onnx", "CPU", settings)
    request, image = model.create_infer_request(), pixels(1, options.height, options.width)
    check(request.infer({0: image})[model.output(0)])
    return lambda: request.infer({0: image})


def onnxruntime():
    import onnxruntime as ort

    settings = ort.SessionOptions()
    settings.intra_op_num_threads = options.threads
    session = ort.InferenceSession(
        f"{options.folder}/model.onnx", settings, providers=["CPUExecutionProvider"]
    )
    image = pixels(1, options.height, options.width)
    check(session.run(None, {"images": image})[0])
    return lambda: session.run(None, {"images": image})


def ultralytics():
    import torch
    from ultralytics.nn.tasks import DetectionModel

    torch.set_num_threads(options.threads)
    torch.manual_seed(1)
    model = DetectionModel(f"yolov8{options.scale}.yaml", nc=80, verbose=False)
    return training(model) if options.batch else prediction(model)


def prediction(model):
    import torch

    model = model.eval().fuse(verbose=False)
    image = torch.from_numpy(pixels(1, options.height, options.width))

    def run():
        with torch.inference_mode():
            model(image)

    return run


def training(model):
    """Model, loss, optimizer and average as Ultralytics' trainer has them on a CPU."""
    import torch
    from types import SimpleNamespace
    from ultralytics.utils.torch_utils import ModelEMA

    model.args = SimpleNamespace(box=7.5, cls=0.5, dfl=1.5)
    model.train()
    frozen = tuple(f"model.{i}." for i in range(options.freeze)) + (".dfl",)
    groups = [], [], []
    for name, module in model.named_modules():
        is_norm = isinstance(module, torch.nn.BatchNorm2d)
        if options.freeze and is_norm and f"{name}.".startswith(frozen[:-1]):
            module.eval()
        for kind, parameter in module.named_parameters(recurse=False):
            if f"{name}.".startswith(frozen[:-1]) or ".dfl" in name:
                parameter.requires_grad = False
            else:
                groups[2 if kind == "bias" else 1 if is_norm else 0].append(parameter)
    optimizer = torch.optim.SGD(groups[2], lr=0.001, momentum=0.937, nesterov=True)
    optimizer.add_param_group({"params": groups[0], "weight_decay": 0.0005})
    optimizer.add_param_group({"params": groups[1], "weight_decay": 0.0})
    average = ModelEMA(model)
    rows = torch.from_numpy(objects(options.batch))
    batch = {
        "img": torch.from_numpy(pixels(options.batch, 640, 640)),
        "batch_idx": rows[:, 0],
        "cls": rows[:, 1:2],
        "bboxes": rows[:, 2:],
    }

    def run():
        loss, _ = model(batch)
        loss.sum().backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), max_norm=10.0)
        optimizer.step()
        optimizer.zero_grad()
        average.update(model)

    return run


def loading():
    """Ultralytics' training images with its default augmentation, an epoch of them at a time."""
    import torch
    from ultralytics.cfg import get_cfg
    from ultralytics.data import build_dataloader, build_yolo_dataset
    from ultralytics.data.utils import check_det_dataset

    torch.set_num_threads(options.threads)
    data = check_det_dataset(options.data)
    settings = get_cfg(overrides={"task": "detect", "imgsz": 640})
    dataset = build_yolo_dataset(settings, data["train"], options.batch, data, mode="train")
    loader = build_dataloader(dataset, options.batch, workers, shuffle=True)

    def run():
        for _ in loader:
            pass

    run.images = len(dataset)
    return run


def epochs():
    """Ultralytics' trainer, which asks for its next turn at the end of an epoch. It never returns."""
    import torch
    from ultralytics.models.yolo.detect import DetectionTrainer

    settings = {
        "model": f"yolov8{options.scale}.yaml", "data": options.data, "batch": options.batch, "epochs": 100_000,
        "imgsz": 640, "workers": workers, "device": "cpu", "amp": False, "val": False, "plots": False,
        "optimizer": "SGD", "lr0": 0.001, "warmup_epochs": 0, "close_mosaic": 0, "patience": 0,
        "pretrained": False, "project": options.folder, "name": options.peer, "exist_ok": True,
    }  # fmt: skip
    trainer = DetectionTrainer(overrides=settings)
    state = {"left": 1, "times": None, "start": 0.0}

    def begin(_):
        if not options.peer.endswith("as-it-comes"):
            torch.set_num_threads(options.threads)

    def end(trainer):
        now = time.perf_counter()
        if state["times"] is not None:
            state["times"].append(1000 * (now - state["start"]) / len(trainer.train_loader.dataset))
        state["left"] -= 1
        if state["left"] == 0:
            times = state["times"]
            say("ready" if times is None else " ".join(f"{t:.3f}" for t in times))
            line = sys.stdin.readline()
            if not line:
                say(peak())
                shutil.rmtree(trainer.save_dir, ignore_errors=True)
                os._exit(0)
            state["times"], state["left"] = [], int(line)
        state["start"] = time.perf_counter()

    trainer.add_callback("on_train_start", begin)
    trainer.add_callback("on_fit_epoch_end", end)
    trainer.train()
    sys.exit("the trainer ended by itself")


def peak():
    """The peak of this process and of those that load images for it, each on its own, in MiB."""
    with open(f"/proc/self/task/{os.getpid()}/children") as children:
        family = ["self", *children.read().split()]
    sum = 0
    for process in family:
        with open(f"/proc/{process}/status") as status:
            sum += next((int(line.split()[1]) for line in status if line.startswith("VmHWM")), 0)
    return sum // 1024


def say(answer):
    print(answer, file=answers, flush=True)


# What a peer prints while it starts is none of our answers.
answers, sys.stdout = sys.stdout, sys.stderr
if options.work == "epochs":
    epochs()
peers = {"openvino": openvino, "onnxruntime": onnxruntime, "ultralytics": ultralytics}
work = loading() if options.work == "loading" else peers[options.peer]()
images = getattr(work, "images", 1)
for _ in range(3 if options.work == "inference" else 1):
    work()
say("ready")
for line in sys.stdin:
    times = []
    for _ in range(int(line)):
        start = time.perf_counter()
        work()
        times.append(1000 * (time.perf_counter() - start) / images)
    say(" ".join(f"{t:.3f}" for t in times))
say(peak())
