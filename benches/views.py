"""The table of docs/results.md on views: what the default of `graf fit` finds, beside the sets of features that it chooses from.

    cargo build --release && GRAF_DATA=folder python3 benches/views.py [repeats [task ...]]

Kendall's tau, mean of 5 repeats at 32 and 128 networks. The rule that chooses views was settled on the first five tasks; the others
played no part. GRAF names another binary than target/release/graf. Needs nothing but Python.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

from tasks import HOME, IMAGENET, ROOT

BINARY = Path(os.environ.get("GRAF", ROOT / "target/release/graf")).resolve()
NB201 = ["--space", "nasbench201"]
HARDWARE = ["nasbench201/hw_cifar10.csv", *NB201]
ROBUSTNESS = ["nasbench201/robustness_targets.csv", *NB201]
TNB = "transbench101/tnb101_{}_3tasks.csv"
GRAPH = str(ROOT / "data/nas-bench-graph/nas-bench-graph.csv.gz")
SETTLED = {
    "201 CIFAR-10": ["nasbench201/nb201_valid_nets.csv", *NB201, "--maximize", "val_accs"],
    "201 ImageNet16-120": [IMAGENET.format("valid_nets"), *NB201, "--maximize", "val_accs"],
    "201 edgegpu_latency": [*HARDWARE, "--minimize", "edgegpu_latency"],
    "201 eyeriss_energy": [*HARDWARE, "--minimize", "eyeriss_energy"],
    "micro class_scene": [
        "transbench101/tnb101_micro_valid_nets.csv", "--space", "transbench101-micro", "--maximize", "val_accs",
    ],
}
CONFIRMED = {
    "201 fpga_latency": [*HARDWARE, "--minimize", "fpga_latency"],
    "201 pixel3_latency": [*HARDWARE, "--minimize", "pixel3_latency"],
    "201 edgegpu_energy": [*HARDWARE, "--minimize", "edgegpu_energy"],
    "201 robustness pgd": [*ROBUSTNESS, "--maximize", "pgd@Linf_eps-1.0"],
    "101": ["nasbench101/nb101_20000.jsonl.gz", "--maximize", "validation_accuracy_108"],
    "301 (725)": ["nasbench301/zc_nasbench301_725.json", "--maximize", "val_accuracy"],
    "macro class_scene": [
        TNB.format("macro"), "--space", "transbench101-macro", "--maximize", "class_scene__val_accuracy",
    ],
    "Graph proteins": [GRAPH, "--missing", "drop", "--maximize", "proteins_valid_perf"],
    "Graph arxiv": [GRAPH, "--missing", "drop", "--maximize", "arxiv_valid_perf"],
    "Graph cs": [GRAPH, "--missing", "drop", "--maximize", "cs_valid_perf"],
}
SETS = ["graf", "graf+", "graf++", "views"]
SIZES = [32, 128]


def taus(arguments, repeats):
    uses = [word for one in SETS for word in ("--use", one)]
    sizes = ",".join(map(str, SIZES))
    run = subprocess.run(
        [BINARY, "compare", *arguments, *uses, "--train-size", sizes, "--repeats", str(repeats), "--metric", "kendall_tau",
         "--output-format", "json", "-q"],
        cwd=HOME / "data", check=True, capture_output=True,
    )
    rows = json.loads(run.stdout)
    return {(row["features"], row["train_size"]): row["metrics"]["kendall_tau"]["mean"] for row in rows}


def main():
    repeats = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    tasks = {**SETTLED, **CONFIRMED}
    chosen = sys.argv[2:] or tasks
    print("| task | size | " + " | ".join(f"`{one}`" for one in SETS) + " |")
    print("|---" * (2 + len(SETS)) + "|")
    for task in chosen:
        found = taus(tasks[task], repeats)
        for size in SIZES:
            cells = " | ".join(f"{found[one, size]:.3f}" for one in SETS)
            print(f"| {task} | {size} | {cells} |", flush=True)


if __name__ == "__main__":
    main()
