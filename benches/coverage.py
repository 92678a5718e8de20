"""How often the true value lies in the intervals that `auto` gives: docs/results.md.

    GRAF_DATA=folder python3 benches/coverage.py [REPEATS [SIZES]]

For each task the features of all views are computed once; then random rows are fitted and up to 2,000
others predicted with `--interval 50,80,95`. Printed is the mean share of test networks whose true value lies
inside, by task and size, then by size: the mean over the tasks, the task whose 80 % intervals hold least, and
whether the means are within .05, .05 and .03 of 50, 80 and 95 % and no task is below .70. SIZES are train sizes with
commas. Needs nothing but Python.
"""

import csv
import random
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import mean

from tasks import HOME, ROOT, TASKS

REPEATS = int(sys.argv[1]) if len(sys.argv) > 1 else 10
SIZES = [int(size) for size in (sys.argv[2] if len(sys.argv) > 2 else "8,16,32,64,128,1024").split(",")]
LEVELS = (0.5, 0.8, 0.95)
PERCENT = ("50", "80", "95")
BOUNDS = (0.05, 0.05, 0.03)
LEAST = 0.7
GRAF = ROOT / "target/release/graf"
JOINED = {"nb201/hw:edgegpu_latency", "nb201/hw:edgegpu_energy", "nb201/rob:fgsm@Linf_eps-1.0"}
NB101 = ["nasbench101/nb101_20000.jsonl.gz", "--target", "validation_accuracy_108"]

# Tasks of other kinds, which nothing about intervals was chosen on.
FURTHER = {
    "nb201/edgegpu_latency": [
        "nasbench201/hw_cifar10.csv", "--space", "nasbench201", "--target", "edgegpu_latency",
    ],
    "nb201/fgsm@Linf_eps-1.0": [
        "nasbench201/robustness_targets.csv", "--space", "nasbench201", "--target", "fgsm@Linf_eps-1.0",
    ],
    "macro/cifar10": [
        "nasbench-macro/nas-bench-macro_cifar10.json", "--target", "mean_acc",
        "--space", str(ROOT / "data/spaces/nasbench-macro.toml"),
    ],
    "graph/physics": [
        str(ROOT / "data/nas-bench-graph/nas-bench-graph.csv.gz"), "--target", "physics_valid_perf",
    ],
    "tnb101_micro/room_layout": [
        "transbench101/zc_transbench101_micro_711.json", "--space", "transbench101-micro",
        "--task", "room_layout", "--target", "val_accuracy",
    ],
}


def run(*arguments, folder=HOME / "data"):
    subprocess.run([GRAF, *arguments, "-q"], cwd=folder, check=True)


def rows(arguments, folder, use="graf++,graf,one-hot"):
    """The header and the rows of some features and the target, the rows of several files after each other."""
    files, flags, words = [], [], iter(arguments)
    for word in words:
        if word in ("--target", "--join", "--proxies", "--max-subset-size"):
            value = next(words)
            if word == "--target":
                target = value
        elif word.startswith("--"):
            flags += [word] if word == "--drop-unreachable" else [word, next(words)]
        else:
            files.append(word)
    found = []
    for file in files:
        path = folder / "features.csv"
        run("featurize", file, *flags, "--use", use, "--keep", target, "-o", path)
        with open(path) as text:
            header, *lines = csv.reader(text)
        found += [line for line in lines if line[header.index(target)] not in ("", "NaN")]
    return header, found, target


def write(path, header, lines):
    with open(path, "w", newline="") as file:
        csv.writer(file).writerows([header, *lines])


def covered(header, lines, target, size, seed, folder, flags=()):
    """The share of test rows inside each interval."""
    lines = random.Random(seed).sample(lines, len(lines))
    write(folder / "train.csv", header, lines[:size])
    write(folder / "test.csv", header, lines[size : size + 2000])
    fit = ["fit", "train.csv", "--target", target, "-o", "m.graf", "--seed", str(seed), *flags]
    run(*fit, folder=folder)
    intervals = ["--interval", ",".join(PERCENT)]
    run("predict", "m.graf", "test.csv", "--keep", target, *intervals, "-o", "p.csv", folder=folder)
    with open(folder / "p.csv") as file:
        table = list(csv.DictReader(file))

    def number(row, column):
        # An absent interval promises nothing; it holds no value.
        return float(row[column] or "nan")

    def holds(row, percent):
        lower, upper = (number(row, f"{target}.{bound}_{percent}") for bound in ("lower", "upper"))
        return lower <= number(row, target) <= upper

    return [mean(holds(row, percent) for row in table) for percent in PERCENT]


def summary(shares):
    """Of the shares by size and task the means by size, against what intervals promise."""
    print("\n| train size | tasks | 50 % | 80 % | 95 % | least 80 % | within bounds |\n|---|---|---|---|---|---|---|")
    for size in SIZES:
        by_task = {task: found for (task, at), found in shares.items() if at == size}
        means = [mean(column) for column in zip(*by_task.values())]
        least, task = min((found[1], task) for task, found in by_task.items())
        holds = least >= LEAST and all(
            abs(share - level) <= bound for share, level, bound in zip(means, LEVELS, BOUNDS)
        )
        text = " | ".join(f"{share:.3f}" for share in means)
        verdict = "yes" if holds else "**no**"
        print(f"| {size} | {len(by_task)} | {text} | {least:.3f} ({task}) | {verdict} |", flush=True)


def main():
    subprocess.run(["cargo", "build", "--quiet", "--release"], cwd=ROOT, check=True)
    print("| task | train size | 50 % | 80 % | 95 % |\n|---|---|---|---|---|")
    shares = {}
    tasks = {task: words for task, words in TASKS.items() if task not in JOINED}
    for task, arguments in (tasks | {"nb101/cifar10 (20,000)": NB101} | FURTHER).items():
        with tempfile.TemporaryDirectory() as folder:
            folder = Path(folder)
            header, lines, target = rows(arguments, folder)
            for size in (size for size in SIZES if size <= 0.7 * len(lines)):
                repeats = [
                    covered(header, lines, target, size, seed, folder) for seed in range(REPEATS)
                ]
                found = [mean(column) for column in zip(*repeats)]
                shares[task, size] = found
                print(f"| {task} | {size} | {' | '.join(f'{share:.3f}' for share in found)} |", flush=True)
    summary(shares)


if __name__ == "__main__":
    main()
