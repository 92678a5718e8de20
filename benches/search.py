"""The table of docs/search.md: how many trainings a search needs on benchmarks whose networks are all trained.

    GRAF_DATA=folder python3 benches/search.py [SEEDS [STRATEGIES [BENCHMARK…]]]

Runs `graf search replay` on the dumps of the folder `data` of GRAF_DATA and on the bundled NAS-Bench-Graph. GRAF names the binary
(target/release/graf). Needs nothing but Python.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
GRAF = os.environ.get("GRAF", ROOT / "target/release/graf")
DATA = Path(os.environ.get("GRAF_DATA", "..")) / "data"
MICRO = ["transbench101/tnb101_micro_3tasks.csv", "--space", "transbench101-micro"]
MACRO = ["transbench101/tnb101_macro_3tasks.csv", "--space", "transbench101-macro"]
ROBUSTNESS = ["nasbench201/robustness_targets.csv", "--space", "nasbench201"]
GRAPH = [str(ROOT / "data/nas-bench-graph/nas-bench-graph.csv.gz")]

# The table, and the column to maximize.
BENCHMARKS = {
    "201-cifar10": [*ROBUSTNESS, "--maximize", "val_accs"],
    "201-imagenet": ["nasbench201/nb201_ImageNet16-120_valid_nets.csv", "--maximize", "val_accs"],
    "101": ["nasbench101/nb101_20000.jsonl.gz", "--maximize", "validation_accuracy_108"],
    "micro-class_scene": [*MICRO, "--maximize", "class_scene__val_accuracy"],
    "micro-autoencoder": [*MICRO, "--maximize", "autoencoder__val_accuracy"],
    "macro-class_scene": [*MACRO, "--maximize", "class_scene__val_accuracy"],
    "macro-autoencoder": [*MACRO, "--maximize", "autoencoder__val_accuracy"],
    "graph-cs": [*GRAPH, "--maximize", "cs_valid_perf"],
    "graph-arxiv": [*GRAPH, "--maximize", "arxiv_valid_perf"],
}


def reached(one):
    if not one["found"]:
        return f"– (0/{one['seeds']})"
    median = "–" if one["median"] is None else f"{one['median']:g}"
    return f"{median} ({one['mean']:.1f}; {one['found']}/{one['seeds']})"


def main():
    given = sys.argv[1:]
    seeds, strategies = [*given[:2], *["10", "auto"][len(given[:2]):]]
    named = given[2:]
    asked = ["--seeds", seeds, "--strategy", strategies, "--threads", "1", "--output-format", "json", "-q"]
    print("| benchmark | strategy | to best | to top 0.1 % | regret after 20 | 50 | 100 | 150 |")
    print("|---|---|---|---|---|---|---|---|")
    for name in named or BENCHMARKS:
        run = [GRAF, "search", "replay", *BENCHMARKS[name], *asked]
        for row in json.loads(subprocess.run(run, check=True, capture_output=True, cwd=DATA).stdout):
            regret = [f"{row['regret'][after]:.3g}" for after in ("20", "50", "100", "150")]
            cells = [name, row["strategy"], reached(row["to_best"]), reached(row["to_top_0.1%"]), *regret]
            print("|", " | ".join(cells), "|", flush=True)


main()
