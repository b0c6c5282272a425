"""The files of the golden data: arrays in .safetensors, figures in .json, texts and images.

Every file is a table from a name to a value. In JSON a name is the path to a leaf, such as
`cases.all_empty.total`; a list of plain values is one leaf. Format of the arrays:
https://github.com/huggingface/safetensors#format
"""

import json
import struct

import numpy as np

KINDS = {"F32": np.dtype("<f4"), "I64": np.dtype("<i8")}


def read(path):
    """The table of a file."""
    if path.suffix == ".safetensors":
        return read_arrays(path)[0]
    if path.suffix == ".json":
        return dict(leaves(json.loads(path.read_text(encoding="utf-8"))))
    if path.suffix == ".png":
        return {"pixels": read_image(path)}
    return {"text": path.read_text(encoding="utf-8")}


def written(path, table):
    """The bytes of a file with the values of a table; `path` gives the form: order, metadata, layout."""
    if path.suffix == ".safetensors":
        return written_arrays(path, table)
    if path.suffix == ".json":
        return (layout(tree(table)) + "\n").encode()
    if path.suffix == ".png":
        return written_image(path, table["pixels"])
    return table["text"].encode()


# Arrays


def read_arrays(path):
    """The arrays of a file by name, and its metadata."""
    content = path.read_bytes()
    (length,) = struct.unpack("<Q", content[:8])
    header = json.loads(content[8 : 8 + length])
    metadata = header.pop("__metadata__", {})
    arrays = {}
    for name, entry in header.items():
        first, end = entry["data_offsets"]
        data = content[8 + length + first : 8 + length + end]
        arrays[name] = np.frombuffer(data, KINDS[entry["dtype"]]).reshape(entry["shape"])
    return arrays, metadata


def written_arrays(path, table):
    old, metadata = read_arrays(path)
    names = [name for name in old if name in table] + [name for name in table if name not in old]
    metadata = {key: versions().get(key, value) for key, value in metadata.items()}
    header, data = {"__metadata__": metadata}, b""
    for name in names:
        value = plain(table[name])
        kind = next(key for key, dtype in KINDS.items() if dtype == value.dtype)
        end = len(data) + value.nbytes
        header[name] = {"dtype": kind, "shape": list(value.shape), "data_offsets": [len(data), end]}
        data += value.tobytes()
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)  # the arrays begin at a multiple of eight
    return struct.pack("<Q", len(text)) + text + data


def plain(value):
    """A value as one of the two kinds of array that the files hold."""
    if hasattr(value, "detach"):
        value = value.detach().cpu().numpy()
    value = np.asarray(value)
    return np.array(value, KINDS["F32" if value.dtype.kind == "f" else "I64"], order="C")


def versions():
    """The versions that compute now, under the names of the metadata."""
    import cv2
    import torch
    import torchvision
    import ultralytics

    return {
        "torch": torch.__version__,
        "torchvision": torchvision.__version__,
        "ultralytics": ultralytics.__version__,
        "numpy": np.__version__,
        "opencv": cv2.__version__,
    }


# JSON


def leaves(value, path=()):
    """Pairs of path and value for everything that is not a table or a list of tables."""
    if isinstance(value, dict) and value:
        for key, inner in value.items():
            yield from leaves(inner, (*path, key))
    elif isinstance(value, list) and any(isinstance(inner, dict) for inner in value):
        for index, inner in enumerate(value):
            yield from leaves(inner, (*path, index))
    else:
        yield Place(path), value


class Place(tuple):
    """The way to a leaf of a JSON file; written with dots."""

    def __str__(self):
        return ".".join(map(str, self))


def tree(table):
    """What `leaves` took apart."""
    top = {}
    for path, value in table.items():
        place = top
        for step in path[:-1]:
            place = place.setdefault(step, {})
        place[path[-1]] = value
    return _with_lists(top)


def _with_lists(value):
    if not isinstance(value, dict) or not value:
        return value
    inner = {key: _with_lists(value) for key, value in value.items()}
    if all(isinstance(key, int) for key in inner):
        return [inner[key] for key in sorted(inner)]
    return inner


def layout(value, depth=0):
    """JSON with a line for each entry; a list of plain values stands on one line."""
    pad = "\n" + " " * (depth + 1)
    close = "\n" + " " * depth
    if isinstance(value, dict) and value:
        rows = [f"{json.dumps(key)}: {layout(inner, depth + 1)}" for key, inner in value.items()]
        return "{" + pad + ("," + pad).join(rows) + close + "}"
    if isinstance(value, list) and any(isinstance(inner, (dict, list)) for inner in value):
        return "[" + pad + ("," + pad).join(layout(inner, depth + 1) for inner in value) + close + "]"
    return json.dumps(value)


# Images


def read_image(path):
    """The pixels of an image, (height, width, RGB)."""
    from PIL import Image

    return np.asarray(Image.open(path).convert("RGB")).astype(np.int64)


def written_image(path, pixels):
    """The old bytes where the pixels are the same: two encoders may write one image in two ways."""
    import io

    from PIL import Image

    if path.exists() and np.array_equal(read_image(path), pixels):
        return path.read_bytes()
    stream = io.BytesIO()
    Image.fromarray(pixels.astype(np.uint8)).save(stream, format="PNG")
    return stream.getvalue()
