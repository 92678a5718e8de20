"""Explaining a forest with graf and with the shap package: the same trees, the same rows, in one run.

    python -m venv venv && venv/bin/pip install shap numpy
    cargo build --release && venv/bin/python benches/explain_vs_shap.py

A forest of 100 trees is fitted on 1,024 networks of the bundled table (graf+, 338 columns), and the predictions of
500 other networks are explained. shap gets the trees out of graf's model file and computes its path-dependent TreeSHAP
values; the largest difference is printed and must be below 1e-6. The time of graf is that of a whole run of the program,
which starts, reads the model and a table of features, and writes a matrix; that of shap is that of `shap_values` alone. Both
may use all cores; the medians of several runs and their ratio are printed.
"""

import csv
import gzip
import json
import os
import statistics
import struct
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

# A file beside this one is called like the package `coverage`, which shap imports.
sys.path.pop(0)
import shap  # noqa: E402

RUNS = 5
TRAIN, EXPLAINED, TREES = 1024, 500, 100
TARGET = "cs_valid_perf"
ROOT = Path(__file__).resolve().parent.parent
TABLE = ROOT / "data/nas-bench-graph/nas-bench-graph.csv.gz"
GRAF = Path(os.environ.get("GRAF", ROOT / "target/release/graf"))
NO_COLUMN = 0xFFFF


def graf(*arguments):
    subprocess.run([GRAF, *arguments, "-q"], check=True)


def tables(folder):
    """Every few rows of the bundled table, to learn from and to explain."""
    with gzip.open(TABLE, "rt", newline="") as file:
        header, *rows = csv.reader(file)
    step = len(rows) // (TRAIN + EXPLAINED)
    chosen = rows[::step][: TRAIN + EXPLAINED]
    # Neighbours of the table are alike: take turns.
    order = np.random.default_rng(1).permutation(len(chosen))
    parts = {"train": order[:TRAIN], "explained": order[TRAIN:]}
    for name, places in parts.items():
        with open(folder / f"{name}.csv", "w", newline="") as file:
            csv.writer(file).writerows([header, *(chosen[place] for place in places)])


def trees(model):
    """The columns of a forest of one target, and its trees as shap takes them: see src/model/mod.rs and
    src/predictor/tree/stored.rs for the format."""
    data = model.read_bytes()
    version, length = struct.unpack_from("<II", data, 8)
    assert data[:8] == b"graf\0mdl" and version == 4, version
    columns = json.loads(data[16 : 16 + length])["columns"]
    place = 16 + length
    (networks,) = struct.unpack_from("<Q", data, place)
    place += 8 + 8 * networks + 8 + 8 * len(columns)  # Networks, length of the payload, importances.
    (count,) = struct.unpack_from("<I", data, place)
    place += 4
    found = []
    for _ in range(count):
        tree = {key: [] for key in ("children_left", "children_right", "features", "thresholds", "values")}
        weights, open_nodes = [], []
        while True:
            node = len(weights)
            (column,) = struct.unpack_from("<H", data, place)
            if column != NO_COLUMN:
                (threshold,) = struct.unpack_from("<d", data, place + 2)
                place += 10
                left, cover, value = node + 1, 0, 0.0
                open_nodes.append(node)
            else:
                cover, value = struct.unpack_from("<Id", data, place + 2)
                place += 14
                column, threshold, left = -2, -2.0, -1
            tree["children_left"].append(left)
            tree["children_right"].append(-1)
            tree["features"].append(column)
            tree["thresholds"].append(threshold)
            tree["values"].append([value / count])
            weights.append(float(cover))
            if left == -1:
                if not open_nodes:
                    break
                tree["children_right"][open_nodes.pop()] = len(weights)
        for node in reversed(range(len(weights))):
            if tree["children_left"][node] != -1:
                children = [tree[side][node] for side in ("children_left", "children_right")]
                weights[node] = sum(weights[child] for child in children)
                # shap takes the base value from the values of the roots.
                tree["values"][node] = [
                    sum(tree["values"][child][0] * weights[child] for child in children) / weights[node]
                ]
        tree["children_default"] = tree["children_left"]
        tree["node_sample_weight"] = weights
        found.append({key: np.array(value) for key, value in tree.items()})
    return columns, found


def median(run):
    times = []
    for _ in range(RUNS):
        start = time.perf_counter()
        result = run()
        times.append(time.perf_counter() - start)
    return statistics.median(times), result


def main():
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        tables(folder)
        model, features = folder / "forest.graf", folder / "features.csv"
        graf("fit", folder / "train.csv", "--target", TARGET, "--predictor", "forest", "--trees", str(TREES), "-o", model)
        graf("featurize", folder / "explained.csv", "--use", "graf+", "--keep", "none", "-o", features)
        columns, ensemble = trees(model)
        with open(features, newline="") as file:
            header, *rows = csv.reader(file)
        places = [header.index(column) for column in columns]
        records = np.array(rows, dtype=float)[:, places]
        explained = folder / "explained.npy"

        def ours():
            graf("explain", model, features, "--dtype", "float64", "-o", explained)
            return np.load(explained)

        explainer = shap.TreeExplainer({"trees": ensemble}, feature_perturbation="tree_path_dependent")
        own_time, own = median(ours)
        shap_time, theirs = median(lambda: explainer.shap_values(records, check_additivity=False))
        contributions = own[:, 2:]
        theirs = np.asarray(theirs).reshape(contributions.shape)
        difference = np.abs(contributions - theirs).max()
        added = np.abs(own[:, 0] - own[:, 1:].sum(axis=1)).max()
        nodes = sum(len(tree["features"]) for tree in ensemble)
        print(f"{TREES} trees, {nodes} nodes, {len(columns)} columns, {len(records)} rows, shap {shap.__version__}")
        print(f"largest difference to shap {difference:.1e}, of the sum to the prediction {added:.1e}")
        print(f"graf {own_time:.3f} s, shap {shap_time:.3f} s: {shap_time / own_time:.1f} times as fast")
        if difference > 1e-6 or added > 1e-9:
            sys.exit("the contributions differ")


main()
