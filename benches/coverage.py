"""How often the true value lies in the intervals that `auto` gives: docs/results.md.

    GRAF_DATA=folder python3 benches/coverage.py [REPEATS]

For each task the features of graf+ are computed once; then random rows are fitted and up to 2,000
others predicted. An interval is the prediction and so many standard deviations to both sides as have
50, 80 or 95 % of a normal distribution between them. Printed is the mean share of test networks whose
true value lies inside. Needs nothing but Python.
"""

import csv
import random
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import NormalDist, mean

from tasks import HOME, ROOT, TASKS

REPEATS = int(sys.argv[1]) if len(sys.argv) > 1 else 10
SIZES = (32, 128, 1024)
LEVELS = (0.5, 0.8, 0.95)
GRAF = ROOT / "target/release/graf"
JOINED = {"nb201/hw:edgegpu_latency", "nb201/hw:edgegpu_energy", "nb201/rob:fgsm@Linf_eps-1.0"}
NB101 = ["nasbench101/nb101_20000.jsonl.gz", "--target", "validation_accuracy_108"]


def run(*arguments, folder=HOME / "data"):
    subprocess.run([GRAF, *arguments, "-q"], cwd=folder, check=True)


def split(arguments):
    """Of the arguments of a comparison the tables and flags for reading them, and the target."""
    target = arguments[arguments.index("--target") + 1]
    kept, skip = [], False
    for word in arguments:
        if skip:
            skip = False
        elif word in ("--target", "--join", "--proxies", "--max-subset-size"):
            skip = True
        else:
            kept.append(word)
    return kept, target


def rows(arguments, folder, families="graf+"):
    """The header and the rows of some features and the target, the rows of several files after each other."""
    reading, target = split(arguments)
    files = [word for word in reading if "/" in word]
    flags = [word for word in reading if "/" not in word]
    found = []
    for file in files:
        path = folder / "features.csv"
        run("featurize", file, *flags, "--families", families, "--keep", target, "-o", path)
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
    run("predict", "m.graf", "test.csv", "--keep", target, "-o", "p.csv", folder=folder)
    with open(folder / "p.csv") as file:
        table = list(csv.DictReader(file))
    columns = (target, f"{target}.prediction", f"{target}.std")
    table = [[float(row[column]) for column in columns] for row in table]
    sizes = [NormalDist().inv_cdf((1 + level) / 2) for level in LEVELS]
    return [mean(abs(t - p) <= z * s for t, p, s in table) for z in sizes]


def main():
    subprocess.run(["cargo", "build", "--quiet", "--release"], cwd=ROOT, check=True)
    print("| task | train size | 50 % | 80 % | 95 % |\n|---|---|---|---|---|")
    total = []
    tasks = {task: words for task, words in TASKS.items() if task not in JOINED}
    for task, arguments in (tasks | {"nb101/cifar10 (20,000)": NB101}).items():
        with tempfile.TemporaryDirectory() as folder:
            folder = Path(folder)
            header, lines, target = rows(arguments, folder)
            for size in (size for size in SIZES if size <= 0.7 * len(lines)):
                repeats = [
                    covered(header, lines, target, size, seed, folder) for seed in range(REPEATS)
                ]
                shares = [mean(column) for column in zip(*repeats)]
                total.append(shares)
                text = " | ".join(f"{share:.3f}" for share in shares)
                print(f"| {task} | {size} | {text} |", flush=True)
    text = " | ".join(f"{mean(column):.3f}" for column in zip(*total))
    print(f"| mean | | {text} |")


if __name__ == "__main__":
    main()
