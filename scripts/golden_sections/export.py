"""export: an ONNX file, what ONNX Runtime computes with it, and what the network computes itself.

Only a larger folder has this section. The ONNX file itself is its input.
"""

from collections import Counter

import numpy as np
import onnx
import onnxruntime
import torch

from golden_sections import files
from golden_sections.blocks import tensor
from golden_sections.checkpoints import described
from golden_sections.made import Made, Tolerance
from golden_sections.model import fused, outputs

INPUT_FILES = ["export/*.onnx"]
PIXELS = [("*", Tolerance(absolute=1e-3))]
# How far two programs are apart is the rounding of one machine.
FACT_INPUTS = ["max_abs_ort_minus_torch_fused"]


def make(folder):
    path = folder / "export"
    model, _ = described(folder / "checkpoints", "tiny")
    images = files.read(path / "tiny_64.safetensors")["images"]
    session = onnxruntime.InferenceSession(str(path / "tiny_64.onnx"), options(), providers=["CPUExecutionProvider"])
    (output,) = session.run(None, {"images": np.array(images)})
    image = tensor(images)
    figures = {
        "output0": torch.from_numpy(output),
        "torch_unfused": outputs(model, image)[0],
        "torch_fused": outputs(fused(model), image)[0],
    }
    yield Made("export/tiny_64.safetensors", figures, ["images"], PIXELS)

    facts = {**graph_facts(onnx.load(path / "tiny_64.onnx")), **session_facts(session)}
    remarks = ["onnx", "onnxruntime"]
    yield Made("export/tiny_64.json", dict(files.leaves(facts)), FACT_INPUTS, remarks=remarks)


def options():
    found = onnxruntime.SessionOptions()
    found.intra_op_num_threads = 1
    return found


def graph_facts(file):
    operators = Counter(node.op_type for node in file.graph.node)
    return {
        "opset": [[entry.domain, entry.version] for entry in file.opset_import],
        "ir_version": file.ir_version,
        "producer": file.producer_name,
        "onnxruntime": onnxruntime.__version__,
        "onnx": onnx.__version__,
        "operators": dict(sorted(operators.items())),
        "nodes": len(file.graph.node),
        "initializers": len(file.graph.initializer),
        "metadata": {entry.key: entry.value for entry in file.metadata_props},
    }


def session_facts(session):
    def described(values):
        return [[value.name, value.type, value.shape] for value in values]

    return {"inputs": described(session.get_inputs()), "outputs": described(session.get_outputs())}
