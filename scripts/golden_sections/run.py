"""Goes through the sections: compares what they compute with the files, or writes it."""

import importlib
import math
import shutil
import sys

import torch

from golden_sections import files
from golden_sections.made import Difference, differences, fits, table


def run(options):
    """Does what the options say; returns the exit status."""
    torch.set_num_threads(1)
    now = files.versions()
    if not now["ultralytics"].startswith("8.4."):
        # Another version has other rules, and other names for its parts.
        print(f"golden: ultralytics {now['ultralytics']} is installed; the golden data is that of 8.4", file=sys.stderr)
        return 2
    print("golden:", ", ".join(f"{name} {version}" for name, version in now.items()))
    for name, old in recorded_versions(options.folder).items():
        if now[name] != old:
            print(f"golden: the files were computed with {name} {old}")
    sections = {name: importlib.import_module(f"golden_sections.{name}") for name in options.only}
    return write(options, sections) if options.write else compare(options, sections)


def recorded_versions(folder):
    """The versions that the metadata of the arrays names."""
    known, found = files.versions(), {}
    for path in sorted(folder.glob("*/*.safetensors")):
        found |= {key: value for key, value in files.read_arrays(path)[1].items() if key in known}
    return found


def compare(options, sections):
    print(f"\n{'':30} {'figures':>7}  {'farthest':>9}  of its tolerance")
    beyond = []
    for name, section in sections.items():
        rows, made_files = {}, set()
        for made in section.make(options.folder):
            found = list(differences(made, options.folder))
            rows.setdefault(made.path if options.files else name, []).extend(found)
            beyond += [difference for difference in found if not difference.share <= 1]
            made_files.add(made.path)
        beyond += [
            Difference(path, "the file", math.inf, math.inf, "was not computed")
            for path in left_out(options.folder, name, made_files, getattr(section, "INPUT_FILES", []))
        ]
        for title, found in rows.items():
            line(title, found)
    if beyond:
        print(f"\n{len(beyond)} figures are beyond their tolerance:")
        for difference in beyond[:40]:
            print(f"  {difference.file}: {difference.name} {difference.note}")
        print("  …" * (len(beyond) > 40))
        return 1
    print("\nEvery figure is within its tolerance.")
    return 0


def left_out(folder, name, made_files, inputs):
    """Files of a section that are neither computed nor an input."""
    for file in sorted((folder / name).rglob("*")):
        path = file.relative_to(folder).as_posix()
        if file.is_file() and path not in made_files and not fits(path, inputs):
            yield path


def line(title, found):
    """One line of the comparison: how many figures, and the one that is farthest off."""
    worst = max(found, key=lambda difference: difference.share)
    which = f"  {worst.file.split('/', 1)[1]}: {worst.name}" if worst.share > 0 else ""
    print(f"{title:30} {len(found):7}  {worst.greatest:9.2g}  {worst.share:.2g}{which}", flush=True)


def write(options, sections):
    for name, section in sections.items():
        copy_inputs(options.folder / name, options.write / name)
        for made in section.make(options.folder):
            old, new = options.folder / made.path, options.write / made.path
            content = files.written(old, table(made, options.folder))
            print(f"{made.path}: {'as it was' if content == old.read_bytes() else 'changed'}")
            new.write_bytes(content)
    return 0


def copy_inputs(old, new):
    """A section's files as they are; those that are computed are written over."""
    if old.resolve() == new.resolve():
        return
    for file in old.rglob("*"):
        if file.is_file():
            copy = new / file.relative_to(old)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, copy)
