#!/usr/bin/env python3
"""Kendall's tau-b of a million pairs: this project against SciPy.

    python -m venv venv
    venv/bin/pip install numpy scipy
    venv/bin/python benches/metrics_vs_scipy.py

It makes the pairs from a seed, then has both sides compute turn by turn, so that whatever else the
machine does falls on both. Only the computation is timed, on one core. Needs cargo.
"""

import argparse
import os
import statistics
import subprocess
import tempfile
import time
from pathlib import Path

import numpy as np
import scipy
from scipy import stats

PROJECT = Path(__file__).resolve().parent.parent


def pairs(rows, decimals):
    """Truths and predictions that follow them with as much noise again."""
    random = np.random.default_rng(42)
    truth = random.normal(size=rows)
    prediction = truth + random.normal(size=rows)
    if decimals is None:
        return truth, prediction
    return np.round(truth, decimals), np.round(prediction, decimals)


def compare(name, truth, prediction, turns):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "pairs.f64"
        np.concatenate([truth, prediction]).astype("<f8").tofile(path)
        rust = subprocess.Popen(
            ["cargo", "bench", "--quiet", "--bench", "metrics_once"],
            cwd=PROJECT,
            env=os.environ | {"GRAF_PAIRS": str(path)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        taus, seconds = ([], []), ([], [])
        # The first turn warms both up, and waits for the build.
        for turn in range(turns + 1):
            print(file=rust.stdin, flush=True)
            answer = rust.stdout.readline().split()
            if len(answer) != 2:
                raise SystemExit("the Rust side did not answer; does `cargo bench` build?")
            start = time.perf_counter()
            tau = stats.kendalltau(truth, prediction, variant="b").statistic
            elapsed = time.perf_counter() - start
            if turn > 0:
                for side, (value, took) in enumerate([map(float, answer), (float(tau), elapsed)]):
                    taus[side].append(value)
                    seconds[side].append(took)
        rust.stdin.close()
        rust.wait()

    apart = max(abs(ours - theirs) for ours, theirs in zip(*taus))
    ours, theirs = map(statistics.median, seconds)
    times = f"graf {1e3 * ours:.1f} ms, SciPy {1e3 * theirs:.1f} ms"
    print(f"{name}: {times}, {theirs / ours:.1f} times faster")
    print(f"  tau-b {taus[0][0]} and {taus[1][0]}, {apart:.1e} apart")
    if apart > 1e-12:
        raise SystemExit("the values differ")


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--turns", type=int, default=15)
    options = parser.parse_args()
    versions = f"SciPy {scipy.__version__}, numpy {np.__version__}"
    print(f"{options.rows} pairs, medians of {options.turns} turns, {versions}")
    for name, decimals in {"distinct": None, "two decimals": 2, "whole numbers": 0}.items():
        compare(name, *pairs(options.rows, decimals), options.turns)


main()
