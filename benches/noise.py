"""What a predictor learns from noisy labels: the table of docs/compare.md.

    python3 benches/noise.py [REPEATS]

Takes the performance of every twentieth network of the bundled NAS-Bench-Graph on cs, adds to each value normal noise of so many standard
deviations of the column, and measures with `graf compare --train-target noisy --test-target clean` how a predictor that
has learned the noisy values ranks other networks by their clean ones; beside it, how the noisy values rank these themselves.
GRAF names the binary (target/release/graf). Needs nothing but Python.
"""

import csv
import gzip
import json
import os
import random
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import mean, pstdev

ROOT = Path(__file__).resolve().parent.parent
GRAF = os.environ.get("GRAF", ROOT / "target/release/graf")
REPEATS = sys.argv[1] if len(sys.argv) > 1 else "10"
TABLE = ROOT / "data/nas-bench-graph/nas-bench-graph.csv.gz"
# Standard deviations of the noise, and how many noisy values of a network are averaged.
NOISE = [(0, 1), (0.5, 1), (0.5, 4), (1, 1), (1, 4)]
SIZES = ["32", "128"]


def noisy(clean, level, count):
    draw = random.Random(f"{level} {count}")
    spread = level * pstdev(clean)
    return [value + mean(draw.gauss(0, spread) for _ in range(count)) for value in clean]


def graf(*arguments):
    run = subprocess.run([GRAF, *arguments, "-q"], check=True, capture_output=True)
    return json.loads(run.stdout)


def main():
    with gzip.open(TABLE, "rt") as file:
        rows = list(csv.DictReader(file))[::20]
    clean = [float(row["cs_valid_perf"]) for row in rows]
    of_rows = [[row["link"], row["ops"]] for row in rows]
    measured = ["--metric", "kendall_tau", "--output-format", "json"]
    print("| noise | values averaged | tau of the labels | tau after 32 labels | after 128 |")
    print("|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "noisy.csv"
        for level, count in NOISE:
            labels = noisy(clean, level, count)
            with path.open("w", newline="") as file:
                out = csv.writer(file)
                out.writerow(["link", "ops", "clean", "noisy"])
                out.writerows([*of_row, *pair] for of_row, *pair in zip(of_rows, clean, labels))
            [own] = graf("rank", path, "--by", "column:noisy", "--target", "clean", *measured)
            targets = ["--train-target", "noisy", "--test-target", "clean"]
            sizes = ["--train-size", ",".join(SIZES), "--repeats", REPEATS]
            found = graf("compare", path, *targets, *sizes, *measured)
            taus = [one["metrics"]["kendall_tau"]["mean"] for one in found]
            print("|", level, "|", count, "|", " | ".join(f"{tau:.3f}" for tau in [own["kendall_tau"], *taus]), "|", flush=True)


main()
