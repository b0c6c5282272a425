"""A file of the golden data as it is computed now, and how it is compared with the file that is there."""

import fnmatch
from dataclasses import dataclass, field

import numpy as np

from golden_sections import files


@dataclass(frozen=True)
class Tolerance:
    """What two figures may differ by: `absolute + relative * |old| + of_largest * max |old|`."""

    absolute: float = 0
    relative: float = 0
    of_largest: float = 0

    def allowed(self, old):
        largest = np.abs(old).max(initial=0)
        return self.absolute + self.relative * np.abs(old) + self.of_largest * largest


EXACT = Tolerance()


@dataclass
class Made:
    """One file.

    figures: what was computed, by name.
    inputs: patterns of the names that are not computed: inputs, and descriptions.
    written: figures to write that are not those to compare: what follows from an output, and depends on its last
        bits, is compared as it follows from the output in the file, and written as it follows from the new one.
    remarks: patterns of the names that are written anew and not compared, such as versions.
    tolerances: pairs of pattern and tolerance; the first that fits a name holds, and EXACT where none does.
    """

    path: str
    figures: dict
    inputs: list = field(default_factory=list)
    tolerances: list = field(default_factory=list)
    remarks: list = field(default_factory=list)
    written: dict = field(default_factory=dict)

    def tolerance(self, name):
        return next((t for pattern, t in self.tolerances if fits(name, [pattern])), EXACT)

    def is_input(self, name):
        return fits(name, self.inputs)


def fits(name, patterns):
    """Whether a name fits one of the patterns.

    In the name of an array `*` stands for anything. In a place of a JSON file it stays within one step, and `**`
    at the end stands for all steps that follow; a place is a pattern too.
    """
    if not isinstance(name, files.Place):
        return any(fnmatch.fnmatchcase(name, pattern) for pattern in patterns)
    return any(_leads_to(name, pattern) for pattern in patterns)


def _leads_to(place, pattern):
    if isinstance(pattern, tuple):
        return place == pattern
    steps = pattern.split(".")
    if steps[-1] == "**":
        steps, place = steps[:-1], place[: len(steps) - 1]
    return len(steps) == len(place) and all(fnmatch.fnmatchcase(str(a), b) for a, b in zip(place, steps))


@dataclass
class Difference:
    """How far one figure is from the one in the file; `share` is the part of the tolerance, 1 is its end."""

    file: str
    name: str
    greatest: float
    share: float
    note: str = ""


def differences(made, folder):
    """A difference for each figure, and one that fails for each name that only one side has."""
    old = files.read(folder / made.path)
    for name, new in made.figures.items():
        if made.is_input(name):
            raise ValueError(f"{made.path}: '{name}' is declared as an input and was computed")
        if fits(name, made.remarks):
            continue
        if name in old:
            yield _difference(made, name, old[name], new)
        else:
            yield Difference(made.path, str(name), np.inf, np.inf, "is not in the file")
    for name in old:
        if name not in made.figures and not made.is_input(name):
            yield Difference(made.path, str(name), np.inf, np.inf, "was not computed")


def _difference(made, name, old, new):
    def failed(note):
        return Difference(made.path, str(name), np.inf, np.inf, note)

    if isinstance(old, np.ndarray):
        new = files.plain(new)
        if new.dtype != old.dtype:
            return failed(f"is {new.dtype}, in the file {old.dtype}")
        forms = old.shape, new.shape
    else:
        forms = _form(old), _form(new)
    if forms[0] != forms[1]:
        return failed(f"is {_short(new)}, in the file {_short(old)}")
    a, b = _numbers(new), _numbers(old)
    if not a.size:
        return Difference(made.path, str(name), 0, 0)
    # Equal numbers differ by nothing even where both are infinite.
    apart = np.where(a == b, 0, np.abs(a - b))
    allowed = made.tolerance(name).allowed(b)
    share = np.divide(apart, allowed, out=np.where(apart > 0, np.inf, 0.0), where=allowed > 0)
    share[np.isnan(apart)] = np.inf
    worst = share.argmax()
    note = f"is {a[worst]:.9g}, in the file {b[worst]:.9g}"
    return Difference(made.path, str(name), float(np.nan_to_num(apart, nan=np.inf).max()), share[worst], note)


def _is_number(value):
    return isinstance(value, (int, float, np.number)) and not isinstance(value, bool)


def _form(value):
    """The value with all numbers struck out: what must be equal."""
    if isinstance(value, (list, tuple)):
        return [_form(inner) for inner in value]
    return "number" if _is_number(value) else value


def _numbers(value):
    """All numbers of a value, in their order."""
    if isinstance(value, np.ndarray):
        return value.reshape(-1).astype(np.float64)
    found = []

    def walk(value):
        if isinstance(value, (list, tuple)):
            for inner in value:
                walk(inner)
        elif _is_number(value):
            found.append(value)

    walk(value)
    return np.array(found, np.float64)


def _short(value):
    if isinstance(value, np.ndarray):
        return f"an array of {list(value.shape)}"
    text = str(value)
    return text if len(text) <= 60 else text[:60] + "…"


def table(made, folder):
    """The whole table of a file as it is to be written: its inputs, and the figures as computed now."""
    old = files.read(folder / made.path)
    new = {
        name: made.figures.get(name, value)
        for name, value in old.items()
        if name in made.figures or made.is_input(name)
    }
    return {**new, **made.figures, **made.written}
