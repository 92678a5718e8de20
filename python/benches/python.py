"""Speed of the package.

    python python/benches/python.py [--binary target/release/graf]

Prints networks per CPU second, the best of some runs: of lists of strings, of other kinds of columns, of calls with a
single encoding, and of predictions, beside the binary if it is named. Needs pandas, Polars and pyarrow.
"""

import argparse
import itertools
import resource
import subprocess
import tempfile
import time
from pathlib import Path

import graf
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa

RUNS = 5


def cpu(who=resource.RUSAGE_SELF):
    usage = resource.getrusage(who)
    return usage.ru_utime + usage.ru_stime


def measure(name, work, count, who=resource.RUSAGE_SELF, runs=RUNS):
    """Prints how many of `count` things a CPU second does, and returns the CPU seconds of the best run."""
    best = float("inf")
    for _ in range(runs):
        start, wall = cpu(who), time.perf_counter()
        work()
        best = min(best, cpu(who) - start)
        wall = time.perf_counter() - wall
    print(f"{name:58s} {count / best:12,.0f} per CPU second ({best * 1e3:8.1f} ms CPU, {wall * 1e3:8.1f} ms wall)", flush=True)
    return best


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", help="the command graf, to compare with")
    binary = parser.parse_args().binary
    nets = ["(" + ", ".join(map(str, ids)) + ")" for ids in itertools.product(range(5), repeat=6)]
    many = nets * 13  # about 200,000
    for use in ("graf", "graf+", "op_count"):
        work = lambda: graf.featurize(many, "nasbench201", use=use)
        measure(f"nasbench201, list[str] to NumPy, {use}", work, len(many))
    # The conversion of a column to a list is part of the time.
    columns = {
        "numpy": np.array(many),
        "pandas": pd.Series(many),
        "polars": pl.Series(many),
        "pyarrow": pa.array(many),
    }
    for name, column in columns.items():
        measure(f"nasbench201, {name}, graf", lambda: graf.featurize(column, "nasbench201", use="graf"), len(many))
    for space in ("nasbench101", "nasbench301", "transbench101-micro", "nasbench-graph"):
        drawn = graf.sample(space, 50_000)
        for use in ("graf", "graf+"):
            measure(f"{space}, list[str] to NumPy, {use}", lambda: graf.featurize(drawn, space, use=use), len(drawn))

    singles = [[net] for net in nets]

    def single(use):
        for one in singles:
            graf.featurize(one, "nasbench201", use=use)

    for use in ("graf", "graf+"):
        measure(f"one encoding a call, {use}", lambda: single(use), len(singles))

    random = np.random.default_rng(0)
    train = random.choice(len(nets), 200, replace=False)
    accuracy = [nets[place].count("2") * 3.0 + nets[place].count("3") for place in train]
    model = graf.fit([nets[place] for place in train], accuracy, space="nasbench201")
    cells = graf.sample("nasbench101", 50_000, seed=1)
    learned = cells[:200]
    other = graf.fit(learned, [float(len(cell)) + cell.count("4") for cell in learned], space="nasbench101")
    with tempfile.TemporaryDirectory() as folder:
        for name, fitted, candidates in (("nasbench201", model, many), ("nasbench101", other, cells)):
            own = measure(f"predict auto, {name}", lambda: fitted.predict(candidates, return_std=True), len(candidates))
            if not binary:
                continue
            files = [Path(folder) / file for file in ("m.graf", "n.csv", "p.csv")]
            fitted.save(files[0])
            pd.DataFrame({"net": candidates}).to_csv(files[1], index=False)
            command = [binary, "predict", *map(str, files[:2]), "-o", str(files[2]), "--quiet"]
            run = lambda: subprocess.run(command, check=True)
            theirs = measure(f"the binary, {name}", run, len(candidates), resource.RUSAGE_CHILDREN)
            print(f"{'':58s} {own / theirs:12.2f} times the CPU time of the binary")


if __name__ == "__main__":
    main()
