"""The tables of docs/results.md on priors: few labels, with and without what another space has taught.

    GRAF_DATA=folder python3 benches/prior.py [REPEATS [builtin]]

Fits a prior on NAS-Bench-101 (20,000 cells) and one on NAS-Bench-201, with the columns of `shared`, and
runs `graf compare --prior` on the dumps of the folder `data` of GRAF_DATA: `auto` on the same random train
sets with and without the prior, and the prior alone (train size 0). Then how much depends on which cells
the prior has learned, and how often intervals hold the truth. With `builtin`, the bundled prior on the default
features in place of all this. Needs nothing but Python.
"""

import gzip
import json
import random
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import mean, stdev

import coverage
from tasks import HOME, ROOT

REPEATS = int(sys.argv[1]) if len(sys.argv) > 1 else 10
DRAWS = 10
NB101 = ["nasbench101/nb101_20000.jsonl.gz", "--target", "validation_accuracy_108"]
NB201 = ["nasbench201/nb201_valid_nets.csv", "--target", "val_accs"]
IMAGENET = ["nasbench201/nb201_ImageNet16-120_valid_nets.csv", "--target", "val_accs"]
PROXIES = ["--use", "graf+,proxies", "--missing", "median", "--join"]
HW, ROBUSTNESS = "nasbench201/hw_cifar10.csv", "nasbench201/robustness_targets.csv"
FEW, MANY, SMALL = "0,16,32,64,128", "0,16,32,64,128,1024", "0,16,32,64,128,512"

# Title, prior, table with its flags, train sizes.
TASKS = [
    ("NAS-Bench-201, CIFAR-10", "101", NB201, MANY),
    (
        "NAS-Bench-201, CIFAR-10, with proxies", "101",
        [*NB201, *PROXIES, "nasbench201/nb201_zc_proxies.csv"], "32,64,128",
    ),
    ("NAS-Bench-201, ImageNet16-120", "101", IMAGENET, MANY),
    (
        "TransNAS micro, class_scene", "101",
        [
            "transbench101/tnb101_micro_valid_nets.csv", "--space", "transbench101-micro",
            "--target", "val_accs",
        ],
        MANY,
    ),
    (
        "NAS-Bench-301", "101",
        ["nasbench301/zc_nasbench301_725.json", "--target", "val_accuracy"], SMALL,
    ),
    ("NAS-Bench-101", "201", NB101, MANY),
    (
        "NAS-Bench-201, latency", "101",
        # How far latencies are ranked as such, by the prior alone too: greater ones count as better.
        [HW, "--space", "nasbench201", "--target", "edgegpu_latency", "--maximize"], FEW,
    ),
    (
        "NAS-Bench-201, robustness", "101",
        [ROBUSTNESS, "--space", "nasbench201", "--target", "fgsm@Linf_eps-1.0"], FEW,
    ),
    (
        "TransNAS macro, class_scene", "101",
        [
            "transbench101/zc_transbench101_macro_662.json", "--space", "transbench101-macro",
            "--task", "class_scene", "--target", "val_accuracy",
        ],
        SMALL,
    ),
]


def graf(*arguments):
    command = [ROOT / "target/release/graf", *arguments, "-q"]
    run = subprocess.run(command, cwd=HOME / "data", check=True, capture_output=True)
    return run.stdout


def priors(folder):
    """The files of the priors by name."""
    files = {}
    for name, table in (("101", NB101), ("201", NB201)):
        files[name] = folder / f"{name}.graf"
        graf("fit", *table, "--use", "shared", "-o", files[name])
    return files


def table(title, prior, file, arguments, sizes, use=("--use", "graf+")):
    """Prints the table of a task, and tells the least difference that the prior makes."""
    options = ["--train-size", sizes, "--repeats", str(REPEATS), "--metric", "kendall_tau"]
    words = ["compare", *arguments, *([] if "--use" in arguments else use), *options]
    print(f"#### {title}\n\n```sh\ngraf {' '.join(words)} --prior {prior}\n```\n")
    found = json.loads(graf(*words, "--prior", file, "--output-format", "json"))
    print("| train size | `auto` | `auto` from the prior | difference |\n|---|---|---|---|")
    least = None
    for plain, started in zip(found[::2], found[1::2]):
        taus = [entry["metrics"]["kendall_tau"] for entry in (plain, started)]
        if taus[0]["mean"] is None:
            print(f"| {plain['train_size']} | – | {taus[1]['mean']:.4f} | |")
            continue
        apart = taus[1]["mean"] - taus[0]["mean"]
        numbers = [f"{tau['mean']:.4f} ± {tau['std'] or 0:.4f}" for tau in taus]
        print(f"| {plain['train_size']} | {numbers[0]} | {numbers[1]} | {apart:+.4f} |")
        if least is None or apart < least[0]:
            least = apart, title, plain["train_size"]
    print(flush=True)
    return least


def draws(folder):
    """How much depends on the draw of source networks: priors of random subsets of NAS-Bench-101."""
    with gzip.open(HOME / "data" / NB101[0], "rt") as file:
        cells = file.read().splitlines()
    print("| task | source cells | draws | no label | least | greatest | 32 labels | least | greatest |")
    print("|---|---|---|---|---|---|---|---|---|")
    for count in (1000, 10000):
        for title, _, arguments, _ in (TASKS[0], *TASKS[2:4]):
            taus = {0: [], 32: []}
            for seed in range(DRAWS):
                subset, prior = folder / "subset.jsonl", folder / "subset.graf"
                subset.write_text("\n".join(random.Random(seed).sample(cells, count)) + "\n")
                graf("fit", subset, *NB101[1:], "--use", "shared", "-o", prior)
                options = ["--train-size", "0,32", "--repeats", str(REPEATS), "--metric", "kendall_tau"]
                words = ["compare", *arguments, "--use", "graf+", *options, "--prior", prior, "--output-format", "json"]
                for entry in json.loads(graf(*words))[1::2]:
                    taus[entry["train_size"]].append(entry["metrics"]["kendall_tau"]["mean"])
            columns = [
                f"{mean(found):.4f} ± {stdev(found):.4f} | {min(found):.4f} | {max(found):.4f}"
                for found in taus.values()
            ]
            print(f"| {title} | {count} | {DRAWS} | {' | '.join(columns)} |", flush=True)
    print()


def intervals(files):
    """How often intervals of the default predictor hold the truth, with the prior and without it."""
    print("| task | train size | 50 % | 80 % | 95 % | without the prior |\n|---|---|---|---|---|---|")
    for title, prior, arguments, _ in (TASKS[0], *TASKS[3:5]):
        with tempfile.TemporaryDirectory() as folder:
            folder = Path(folder)
            table = coverage.rows(arguments, folder, "graf+,shared")
            for size in (16, 32, 128):
                cells = []
                for flags in (["--use", "graf+", "--prior", files[prior]], ["--use", "graf+"]):
                    shares = [
                        coverage.covered(*table, size, seed, folder, flags)
                        for seed in range(REPEATS)
                    ]
                    cells.append([f"{mean(level):.3f}" for level in zip(*shares)])
                text = f"{' | '.join(cells[0])} | {' / '.join(cells[1])}"
                print(f"| {title} | {size} | {text} |", flush=True)


def main():
    subprocess.run(["cargo", "build", "--quiet", "--release"], cwd=ROOT, check=True)
    if "builtin" in sys.argv:
        for title, _, arguments, _ in (TASKS[0], *TASKS[2:5]):
            table(title, "builtin", "builtin", arguments, "0,16,32,128", use=())
        return
    with tempfile.TemporaryDirectory() as folder:
        files = priors(Path(folder))
        least = [
            table(title, f"{prior}.graf", files[prior], arguments, sizes)
            for title, prior, arguments, sizes in TASKS
        ]
        for apart, title, size in sorted(least):
            print(f"{apart:+.4f} at the least: {title}, {size}")
        print()
        draws(Path(folder))
        intervals(files)


if __name__ == "__main__":
    main()
