"""The first tables of docs/results.md: the paper's experiments, beside scikit-learn and XGBoost.

    GRAF_DATA=folder python3 benches/results.py [REPEATS]

The folder has `data`, the dumps, and `reference/sklearn_tau.csv`: means of Kendall's tau over ten
random splits of random forests (rf), XGBoost with its defaults (xgb) and tuned (xgb_tuned), on the
columns of zc_combine and on proxies. graf's `auto` and `forest` learn from and are tested on the same
ten splits, those of scikit-learn's `train_test_split` with the seeds 42 to 51. Tasks without references
draw REPEATS splits (10) of their own. Needs numpy, for the shuffles of these seeds.
"""

import csv
import json
import subprocess
import sys
import tempfile
from collections import defaultdict
from pathlib import Path
from statistics import mean, stdev

import numpy

from tasks import HOME, ROOT, SETS, TASKS

REPEATS = int(sys.argv[1]) if len(sys.argv) > 1 else 10
SEEDS = range(42, 52)
OPTIONS = ["--missing", "median", "--metric", "kendall_tau"]
REFERENCES = ("rf", "xgb", "xgb_tuned")
NEW = {"graf+": "graf+", "ZCP+graf+": "proxies,graf+"}

# Tasks without references: what is to be reached with free features.
GOALS = {
    "nb301/cifar10 (725)": (
        ["nasbench301/zc_nasbench301_725.json", "--target", "val_accuracy"],
        {32: 0.48, 128: 0.63, 512: 0.72},
    ),
    "tnb101_micro/class_scene (2,128)": (
        [
            "transbench101/tnb101_micro_valid_nets.csv", "--space", "transbench101-micro",
            "--target", "val_accs",
        ],
        {32: 0.62, 128: 0.725, 1024: 0.77},
    ),
    "nb101/cifar10 (20,000)": (
        ["nasbench101/nb101_20000.jsonl.gz", "--target", "validation_accuracy_108"],
        {32: None, 128: None, 424: 0.80, 1024: 0.82},
    ),
}


def references():
    """For each task, set and train size the mean of each model."""
    found = defaultdict(lambda: defaultdict(lambda: defaultdict(dict)))
    with open(HOME / "reference" / "sklearn_tau.csv") as file:
        for row in csv.DictReader(file):
            models = found[row["task"]][row["features"]][int(row["train"])]
            models[row["model"]] = float(row["tau"])
    return found


def graf(*arguments):
    """What graf writes to standard output."""
    run = [ROOT / "target/release/graf", *arguments, "-q"]
    run = subprocess.run(run, cwd=HOME / "data", check=True, capture_output=True, text=True)
    return run.stdout


def compare(arguments, options, sets, predictors, names=()):
    """A command, and tau for each set and predictor, one train size after the other."""
    command = ["graf", "compare", *arguments, *options, *OPTIONS]
    command += [word for name in sets for word in ("--use", (SETS | NEW | {"graf": "graf"})[name])]
    command += [*names, "--predictor", ",".join(predictors)]
    entries = json.loads(graf(*command[1:], "--output-format", "json"))
    return " ".join(command), [entry["metrics"]["kendall_tau"] for entry in entries]


def networks(arguments):
    """The encodings of a task in their order: every network once, as the references have them."""
    words = iter(arguments)
    tables, options = [], []
    for word in words:
        if word in ("--join", "--target", "--proxies", "--max-subset-size"):
            next(words)
        elif word.endswith((".csv", ".json")):
            tables.append(word)
        else:
            options.append(word)
    found = {}
    for table in tables:
        text = graf("featurize", table, *options, "--keep", "net")
        found |= {row["net"]: None for row in csv.DictReader(text.splitlines())}
    return list(found)


def split(nets, size, seed):
    """scikit-learn's `train_test_split(nets, train_size=size, random_state=seed)`."""
    order = numpy.random.RandomState(seed).permutation(len(nets))
    test = len(nets) - size
    return {
        "train": [nets[place] for place in order[test:]],
        "test": [nets[place] for place in order[:test]],
    }


def on_splits(task, sizes, sets, names):
    """The command, and for each size, set and predictor the mean and standard deviation of tau."""
    nets, predictors = networks(TASKS[task]), ("auto", "forest")
    found = defaultdict(list)
    with tempfile.TemporaryDirectory() as folder:
        for size in sizes:
            for seed in SEEDS:
                file = Path(folder, "split.json")
                file.write_text(json.dumps(split(nets, size, seed)))
                options = ["--split", str(file), "--seed", str(seed), "--repeats", "1"]
                command, taus = compare(TASKS[task], options, sets, predictors, names)
                cases = ((size, name, predictor) for name in sets for predictor in predictors)
                for case, tau in zip(cases, taus, strict=True):
                    found[case].append(tau["mean"])
        command = command.replace(str(file), "SPLIT").replace(f"--seed {seed}", "--seed SEED")
    return command, {case: (mean(taus), stdev(taus)) for case, taus in found.items()}


def number(pair):
    return f"{pair[0]:.4f} ± {pair[1]:.4f}"


def table(task, known):
    """The table of a task, and its differences: same set, and new sets against rf on ZCP+GRAF."""
    sizes = sorted({size for sizes in known.values() for size in sizes})
    scores, commands = {}, []
    for part, names in (
        ([name for name in known if name != "onehot"], ["--names", "zc-combine"]),
        ([name for name in known if name == "onehot"] + list(NEW), []),
    ):
        command, found = on_splits(task, sizes, part, names)
        commands.append(command)
        scores |= found
    print(f"### {task}\n\n```sh\n" + "\n".join(commands) + "\n```\n")
    print("| features | train size | auto | forest | rf | xgb | xgb_tuned |")
    print("|---|---|---|---|---|---|---|")
    same, new = [], []
    for name in [*known, *NEW]:
        for size in sizes:
            models = known.get(name, {}).get(size, {})
            auto, forest = scores[size, name, "auto"], scores[size, name, "forest"]
            cells = [f"{models[model]:.4f}" if model in models else "" for model in REFERENCES]
            print(f"| {name} | {size} | {number(auto)} | {number(forest)} | {' | '.join(cells)} |")
            if models:
                same.append((task, name, size, auto[0], models, auto[0] - forest[0]))
            elif name in NEW:
                best_known = known["ZCP+GRAF"][size]["rf"]
                new.append((task, name, size, auto[0] - best_known))
    print()
    return same, new


def main():
    subprocess.run(["cargo", "build", "--quiet", "--release"], cwd=ROOT, check=True)
    same, new = [], []
    for task, known in references().items():
        if task in TASKS and "ZCP+GRAF" in known:
            found = table(task, known)
            same += found[0]
            new += found[1]
    for task, (arguments, goals) in GOALS.items():
        sets, predictors = ("graf", "graf+"), ("auto", "forest")
        options = ["--train-size", ",".join(map(str, goals)), "--repeats", str(REPEATS)]
        options += ["--seed", "2000", "--allow-duplicates"]
        command, taus = compare(arguments, options, sets, predictors)
        cases = [(size, s, p) for size in goals for s in sets for p in predictors]
        taus = [(tau["mean"], tau["std"]) for tau in taus]
        scores = dict(zip(cases, taus, strict=True))
        print(f"### {task}\n\n```sh\n{command}\n```\n")
        print("| train size | auto, graf+ | forest, graf+ | auto, graf | forest, graf | goal |")
        print("|---|---|---|---|---|---|")
        for size, goal in goals.items():
            pairs = [scores[size, s, p] for s in ("graf+", "graf") for p in ("auto", "forest")]
            text = " | ".join(map(number, pairs))
            goal = "" if goal is None else f"{goal:.3f}" + ("" if pairs[0][0] >= goal else " **missed**")
            print(f"| {size} | {text} | {goal} |")
        print()

    print("### Summary\n")
    over = [tau - models["rf"] for _, _, _, tau, models, _ in same]
    print(f"`auto` over rf on the same columns: {mean(over):+.4f} on average ({len(over)} cases).\n")
    own = [(tau - apart - models["rf"], *case) for *case, tau, models, apart in same]
    near = sum(abs(apart) <= 0.005 for apart, *_ in own)
    print(f"graf's forest over rf: {mean(apart for apart, *_ in own):+.4f} on average, {near} of {len(own)}")
    print("within .005. The farthest:\n")
    print("| task | features | train size | difference |\n|---|---|---|---|")
    for apart, task, name, size in sorted(own, key=lambda case: -abs(case[0]))[:5]:
        print(f"| {task} | {name} | {size} | {apart:+.4f} |")
    print()
    print("Where it is more than .005 below the best of the three references:\n")
    print("| task | features | train size | auto | best reference | difference | over own forest |")
    print("|---|---|---|---|---|---|---|")
    for task, name, size, tau, models, apart in same:
        best = max(models.values())
        if tau < best - 0.005:
            print(f"| {task} | {name} | {size} | {tau:.4f} | {best:.4f} | {tau - best:+.4f} | {apart:+.4f} |")
    print("\n`auto` against rf on ZCP+GRAF:\n")
    print("| features | train size | mean difference | least | where |\n|---|---|---|---|---|")
    for name in NEW:
        for label, wanted in (("32", lambda s: s == 32), ("128 and more", lambda s: s >= 128)):
            rows = [(apart, task, size) for task, n, size, apart in new if n == name and wanted(size)]
            least = min(rows)
            where = f"{least[1]} at {least[2]}"
            print(f"| {name} | {label} | {mean(r[0] for r in rows):+.4f} | {least[0]:+.4f} | {where} |")
    print("\n| task | train size | graf+ | ZCP+graf+ |\n|---|---|---|---|")
    by_task = {(task, name, size): apart for task, name, size, apart in new}
    for task, name, size, apart in new:
        if name == "graf+":
            print(f"| {task} | {size} | {apart:+.4f} | {by_task[task, 'ZCP+graf+', size]:+.4f} |")


if __name__ == "__main__":
    main()
