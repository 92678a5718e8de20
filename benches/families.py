"""What each family of features adds, over all spaces: docs/results.md.

    GRAF_DATA=folder python3 benches/families.py [REPEATS]

One task a space, `auto` on each set of features on the same splits. Needs nothing but Python.
"""

import json
import subprocess
import sys
from statistics import mean

from tasks import HOME, ROOT

REPEATS = int(sys.argv[1]) if len(sys.argv) > 1 else 10
SIZES = (32, 128)
BUNDLED = str(ROOT / "data/nas-bench-graph/nas-bench-graph.csv.gz")

FAMILIES = ["path-stats", "random-walk", "position", "succession", "signal"]
PLUS = ",".join(FAMILIES)
SETS = ["graf", "path-stats", "graf,path-stats", "graf+", "graf,graf+", "graf+,one-hot", "graf+,wl"]
SETS += [",".join(name for name in FAMILIES if name != left_out) for left_out in FAMILIES]
SETS += [PLUS]

TASKS = {
    "101": ["nasbench101/nb101_20000.jsonl.gz", "--target", "validation_accuracy_108"],
    "201": ["nasbench201/nb201_valid_nets.csv", "--space", "nasbench201", "--target", "val_accs"],
    "301": ["nasbench301/zc_nasbench301_725.json", "--target", "val_accuracy"],
    "micro": [
        "transbench101/tnb101_micro_valid_nets.csv", "--space", "transbench101-micro",
        "--target", "val_accs",
    ],
    "macro": [
        "transbench101/tnb101_macro_3tasks.csv", "--space", "transbench101-macro",
        "--target", "class_scene__val_accuracy",
    ],
    "graph": [BUNDLED, "--target", "cs_valid_perf"],
}


def main():
    subprocess.run(["cargo", "build", "--quiet", "--release"], cwd=ROOT, check=True)
    sizes = ",".join(map(str, SIZES))
    found = {}
    for task, arguments in TASKS.items():
        command = ["graf", "compare", *arguments, "--train-size", sizes, "--repeats", str(REPEATS)]
        command += ["--seed", "3000", "--test-size", "2000", "--metric", "kendall_tau"]
        command += [word for name in SETS for word in ("--use", name)]
        print(" ".join(command).replace(str(ROOT) + "/", "") + "\n", file=sys.stderr)
        run = [ROOT / "target/release/graf", *command[1:], "--output-format", "json", "-q"]
        run = subprocess.run(run, cwd=HOME / "data", check=True, capture_output=True)
        entries = iter(json.loads(run.stdout))
        for size in SIZES:
            for name in SETS:
                found[name, task, size] = next(entries)["metrics"]["kendall_tau"]["mean"]
    columns = [(task, size) for task in TASKS for size in SIZES]
    print("| features | " + " | ".join(f"{task} {size}" for task, size in columns) + " | mean |")
    print("|---" * (len(columns) + 2) + "|")
    for name in SETS:
        taus = [found[name, task, size] for task, size in columns]
        print(f"| {name} | " + " | ".join(f"{tau:.3f}" for tau in [*taus, mean(taus)]) + " |")


if __name__ == "__main__":
    main()
