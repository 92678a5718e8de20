"""What the columns of mean_field add to graf+: docs/results.md.

    GRAF_DATA=folder python3 benches/mean_field.py [REPEATS]

`auto` on graf+ and on graf+ with mean_field, on the same splits. The settings were settled on NAS-Bench-201 and -101 with
other splits (seed 0). Needs nothing but Python.
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tasks import HOME, NB201, ROOT

REPEATS = int(sys.argv[1]) if len(sys.argv) > 1 else 10
BINARY = Path(os.environ.get("GRAF", ROOT / "target/release/graf")).resolve()
SETS = ["graf+", "graf+,mean_field"]
SIZES = (32, 128)
ROBUST = ["aa_apgd-ce", "aa_square", "fgsm", "pgd"]
HARDWARE = ["eyeriss_energy", "edgegpu_latency"]
MACRO = ["transbench101/tnb101_macro_3tasks.csv", "--space", "transbench101-macro"]

TASKS = {
    "201 CIFAR-10": [*NB201, "--target", "val_accs"],
    "201 ImageNet16-120": [
        "nasbench201/nb201_ImageNet16-120_valid_nets.csv", "--space", "nasbench201", "--target", "val_accs",
    ],
    "201 test accuracy, three seeds": ["{seeds}", "--space", "nasbench201", "--target", "val_accs"],
    **{
        f"201 robustness, {name}": [
            "nasbench201/robustness_targets.csv", "--space", "nasbench201",
            "--target", f"{name}@Linf_eps-1.0", "--maximize",
        ]
        for name in ROBUST
    },
    "micro class_scene": [
        "transbench101/tnb101_micro_valid_nets.csv", "--space", "transbench101-micro", "--target", "val_accs",
    ],
    "101": ["nasbench101/nb101_20000.jsonl.gz", "--target", "validation_accuracy_108"],
    "301 (725)": ["nasbench301/zc_nasbench301_725.json", "--target", "val_accuracy"],
    "macro class_scene": [*MACRO, "--target", "class_scene__val_accuracy"],
    **{
        f"201 {name}": [
            "nasbench201/hw_cifar10.csv", "--space", "nasbench201", "--target", name, "--minimize",
        ]
        for name in HARDWARE
    },
}
# The tables with fewer rows are tested on all rows that are left.
SMALL = ["micro class_scene", "301 (725)"]


def main():
    if "GRAF" not in os.environ:
        subprocess.run(["cargo", "build", "--quiet", "--release"], cwd=ROOT, check=True)
    print("| task | " + " | ".join(f"{size} labels" for size in SIZES) + " |\n|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        train, test = (
            (HOME / f"data/nasbench201/ta_gates_{half}.csv").read_text().splitlines() for half in ("train", "test")
        )
        seeds = Path(folder, "seeds.csv")
        seeds.write_text("\n".join(train + test[1:]) + "\n")
        for task, arguments in TASKS.items():
            command = ["compare", *(word.format(seeds=seeds) for word in arguments)]
            command += ["--train-size", ",".join(map(str, SIZES)), "--repeats", str(REPEATS), "--seed", "500"]
            command += [] if task in SMALL else ["--test-size", "3000"]
            command += ["--metric", "kendall_tau", *(word for name in SETS for word in ("--use", name))]
            run = [BINARY, *command, "--output-format", "json", "-q"]
            run = subprocess.run(run, cwd=HOME / "data", check=True, capture_output=True)
            taus = [entry["metrics"]["kendall_tau"]["mean"] for entry in json.loads(run.stdout)]
            pairs = [taus[at : at + 2] for at in range(0, len(taus), 2)]
            cells = [f"{one:.4f} → {other:.4f} ({other - one:+.4f})" for one, other in pairs]
            print(f"| {task} | {' | '.join(cells)} |", flush=True)


if __name__ == "__main__":
    main()
