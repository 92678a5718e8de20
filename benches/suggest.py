"""What it is worth to choose what is trained: the tables of docs/results.md, "Choosing what to train".

    GRAF_DATA=folder python3 benches/suggest.py [REPEATS]

The folder has `data`, the dumps. Rankings: one command a task, which is printed above its tables; half
of the networks are the candidates of a repeat, the others are tested. What is found: `graf suggest` asked
for 16 networks of the whole dump, then with `graf fit` on what is known for as many more as are known.
GRAF_BIN names another binary than that of `cargo build --release`. Needs nothing but Python.
"""

import csv
import json
import os
import random
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import mean

from tasks import HOME, ROOT

REPEATS = int(sys.argv[1]) if len(sys.argv) > 1 else 10
WAYS = ["random", "diverse", "uncertain", "improvement", "thompson"]
TOP = "predict --top"
SIZES = [16, 32, 64, 128]
METRICS = {"kendall_tau": "Kendall's tau", "precision@50": "precision@50"}
MARKS = {"best": "**{}**", "not significantly worse": "{} ~", "": "{}"}
BINARY = os.environ.get("GRAF_BIN", ROOT / "target/release/graf")

# What graf reads, the encoding it is converted to, and the digits of the target.
TASKS = {
    "101": (
        ["nasbench101/nb101_20000.jsonl.gz", "--target", "validation_accuracy_108"], "tuple", 4,
    ),
    "201": (
        ["nasbench201/nb201_valid_nets.csv", "--space", "nasbench201", "--target", "val_accs"],
        "tuple", 2,
    ),
    "301": (["nasbench301/zc_nasbench301_725.json", "--target", "val_accuracy"], "compact", 2),
}


def graf(*arguments, cwd):
    run = [BINARY, *map(str, arguments), "-q"]
    return subprocess.run(run, cwd=cwd, check=True, capture_output=True, text=True).stdout


def rankings(arguments):
    """A command and the tables of what is learned from chosen networks."""
    command = ["graf", "compare", *arguments, "--use", "graf+", "--choose", ",".join(WAYS)]
    command += ["--train-size", ",".join(map(str, SIZES)), "--repeats", str(REPEATS)]
    command += ["--seed", "4000", "--metric", ",".join(METRICS)]
    run = graf(*command[1:], "--output-format", "json", cwd=HOME / "data")
    found = {(one["train_size"], one["choose"]): one["metrics"] for one in json.loads(run)}
    print(f"```sh\n{' '.join(command)}\n```\n")
    for metric, name in METRICS.items():
        scores = {way: [found[size, way][metric] for size in SIZES] for way in WAYS}
        table(name, {
            way: [MARKS[one["standing"]].format(f"{one['mean']:.4f}") for one in ones]
            for way, ones in scores.items()
        })


def found(pool, target, way, seed):
    """For each size how far the best network that is known is behind the best of the pool."""
    with open(pool) as file:
        rows = list(csv.DictReader(file))
    best = max(float(row[target]) for row in rows)
    left = []
    with tempfile.TemporaryDirectory() as folder:
        known, model, new = (Path(folder) / name for name in ("known.csv", "m.graf", "new.csv"))
        chosen = []
        for size in SIZES:
            common = ["-n", size - len(chosen), "--keep", f"net,{target}", "--seed", seed]
            if way == "random":
                chosen = random.Random(seed).sample(rows, size)
            elif not chosen:
                graf("suggest", pool, *common, "-o", new, cwd=folder)
            else:
                graf("fit", known, "--target", target, "--use", "graf+", "-o", model, "--seed", seed, cwd=folder)
                if way == TOP:
                    best_of_others(model, pool, known, new, target, size - len(chosen), folder)
                else:
                    common += ["--known", known, "--strategy", way, "-o", new]
                    graf("suggest", model, pool, *common, "--threads", 1, cwd=folder)
            if way != "random":
                with open(new) as file:
                    chosen += list(csv.DictReader(file))
                with open(known, "w", newline="") as file:
                    writer = csv.writer(file)
                    writer.writerow(["net", target])
                    writer.writerows([row["net"], row[target]] for row in chosen)
            left.append(best - max(float(row[target]) for row in chosen))
    return left


def best_of_others(model, pool, known, new, target, count, folder):
    """The greatest predictions of networks that are not known."""
    keep = ["--keep", f"net,{target}", "--top", 2 * SIZES[-1], "--threads", 1]
    rows = list(csv.DictReader(graf("predict", model, pool, *keep, cwd=folder).splitlines()))
    with open(known) as file:
        nets = {row["net"] for row in csv.DictReader(file)}
    others = [row for row in rows if row["net"] not in nets][:count]
    with open(new, "w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["net", target])
        writer.writerows([row["net"], row[target]] for row in others)


def table(name, rows):
    print(f"| {name} | " + " | ".join(map(str, SIZES)) + " |")
    print("|---" * (len(SIZES) + 1) + "|")
    for way, cells in rows.items():
        print(f"| {way} | {' | '.join(cells)} |")
    print(flush=True)


def main():
    if "GRAF_BIN" not in os.environ:
        subprocess.run(["cargo", "build", "--quiet", "--release"], cwd=ROOT, check=True)
    for task, (arguments, encoding, digits) in TASKS.items():
        print(f"#### {task}\n")
        rankings(arguments)
        with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(os.cpu_count()) as workers:
            target = arguments[-1]
            pool = Path(folder) / "pool.csv"
            every = [arguments[0], "--to", encoding, "--unique", "-o", pool]
            graf("convert", *every, *arguments[1:-2], cwd=HOME / "data")
            rounds = {
                way: [workers.submit(found, pool, target, way, seed) for seed in range(REPEATS)]
                for way in [*WAYS, TOP]
            }
            means = {
                way: [mean(size) for size in zip(*(one.result() for one in ones))]
                for way, ones in rounds.items()
            }
        rows = {way: [f"{one:.{digits}f}" for one in ones] for way, ones in means.items()}
        table("behind the best", rows)


if __name__ == "__main__":
    main()
