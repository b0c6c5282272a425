"""What `--jobs 2` costs beside its trainings: eight of them by one program with --jobs 2, and the same eight by two plain
programs side by side, four each. They take turns; all have one thread for each training.

  scripts/bench jobs
    --rounds 4          turns of both
    --epochs 4          of each training: 60 drawn toys at 224 pixels, from the nano model that is included
"""

import argparse
import json
import resource
import statistics
import subprocess
import tempfile
import time
from pathlib import Path

root = Path(__file__).resolve().parent.parent
PROGRAM = str(root / ".build/release/yolos")
SCRIPT = """data = toys "jobs" kinds=["oslik", "ovecka"] train=60 val=12 test=0 size=224 seed=5
nano = load {model}
runs = []
for number in {seeds} {{
  runs += train nano data=data recipe="small" epochs={epochs} imgsz=224 seed=number name="seed {{number}}"
}}
compare runs
"""


def timed(programs, epochs):
    """Runs scripts side by side, each given by its seeds and options, each in an empty folder; wall and processor seconds."""
    with tempfile.TemporaryDirectory(prefix="bench-jobs-") as folder:
        before, start, running = resource.getrusage(resource.RUSAGE_CHILDREN), time.time(), []
        for number, (seeds, options) in enumerate(programs):
            place = Path(folder) / str(number)
            place.mkdir()
            model = json.dumps(str(root / "models/nano.safetensors"))
            (place / "eight.yolos").write_text(SCRIPT.format(model=model, seeds=seeds, epochs=epochs))
            command = [PROGRAM, "run", "eight.yolos", *options]
            log = open(place / "log", "w")
            running.append((subprocess.Popen(command, cwd=place, stdout=log, stderr=log), place))
        for process, place in running:
            if process.wait() != 0:
                raise SystemExit(f"bench: a program ended with {process.returncode}:\n{(place / 'log').read_text()[-2000:]}")
        wall, after = time.time() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("--rounds", type=int, default=4)
parser.add_argument("--epochs", type=int, default=4)
options = parser.parse_args()

print("| turn | two plain programs, s | processor s | --jobs 2, s | processor s | ratio | of processor time |")
print("|--:|--:|--:|--:|--:|--:|--:|", flush=True)
ratios = []
for turn in range(1, options.rounds + 1):
    plain = timed([([0, 1, 2, 3], ["--threads", "1"]), ([4, 5, 6, 7], ["--threads", "1"])], options.epochs)
    jobs = timed([(list(range(8)), ["--jobs", "2", "--threads", "2"])], options.epochs)
    ratios.append((jobs[0] / plain[0], jobs[1] / plain[1]))
    print(f"| {turn} | {plain[0]:.1f} | {plain[1]:.1f} | {jobs[0]:.1f} | {jobs[1]:.1f} | {ratios[-1][0]:.3f} | {ratios[-1][1]:.3f} |",
          flush=True)
wall, processor = (statistics.median(column) for column in zip(*ratios))
print(f"| median | | | | | {wall:.3f} | {processor:.3f} |")
