"""Runs one of our peers for scripts/bench, which starts it and tells it when it is its turn.

Usage: bench-peers.py openvino|onnxruntime|ultralytics --folder F --scale n --threads 2
                      (--height H --width W | --batch B --freeze K)

Prints "ready" once it is warm. For every line with a number N it works N times and prints the milliseconds
of each; when its input ends it prints the peak of its memory in MiB.
"""

import argparse
import os
import sys
import time

parser = argparse.ArgumentParser()
parser.add_argument("peer")
parser.add_argument("--folder")
parser.add_argument("--scale", default="n")
for name in ["threads", "height", "width", "batch", "freeze"]:
    parser.add_argument(f"--{name}", type=int, default=0)
options = parser.parse_args()
os.environ["OMP_NUM_THREADS"] = str(options.threads)

import numpy as np


def pixels(count, height, width):
    """The pictures of Scenes.pixel in Sources/Bench/Workloads.swift, (N, 3, H, W)."""
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


def peak():
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) // 1024 for line in status if line.startswith("VmHWM"))


# What a peer prints while it starts is none of our answers.
answers, sys.stdout = sys.stdout, sys.stderr
work = {"openvino": openvino, "onnxruntime": onnxruntime, "ultralytics": ultralytics}[options.peer]()
for _ in range(1 if options.batch else 3):
    work()
print("ready", file=answers, flush=True)
for line in sys.stdin:
    times = []
    for _ in range(int(line)):
        start = time.perf_counter()
        work()
        times.append(1000 * (time.perf_counter() - start))
    print(*(f"{t:.3f}" for t in times), file=answers, flush=True)
print(peak(), file=answers, flush=True)
