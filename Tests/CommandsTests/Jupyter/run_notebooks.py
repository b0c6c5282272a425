"""Runs a notebook by nbclient and writes it with its outputs: run_notebooks.py NOTEBOOK..."""

import sys

import nbformat
from nbclient import NotebookClient

for path in sys.argv[1:]:
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    client = NotebookClient(
        notebook, timeout=1800, kernel_name="yolos", resources={"metadata": {"path": "."}})
    client.execute()
    nbformat.validate(notebook)
    nbformat.write(notebook, path)
    cells = [c for c in notebook.cells if c.cell_type == "code"]
    print(path, len(cells), "cells,", sum(len(c.outputs) for c in cells), "outputs")
