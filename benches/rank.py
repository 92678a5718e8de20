"""The tables of docs/rank.md: rankings of NAS-Bench-201 without a label of it.

    GRAF_DATA=folder python3 benches/rank.py

Fits a prior on NAS-Bench-101 (20,000 cells, the columns of `shared`) and ranks the 9,445 cells of NAS-Bench-201
whose operations are all reachable, by proxies, by the prior and by aggregates of both. The labels are the test
accuracies on CIFAR-10, means of three seeds (both halves of TA-GATES), and the validation accuracies. Then how
far roofline latencies agree with the latencies that HW-NAS-Bench measured. GRAF names another binary than
target/release/graf, which is built otherwise. Needs nothing but Python.
"""

import json
import os
import subprocess
import tempfile
from pathlib import Path

from tasks import HOME, ROOT

DATA = HOME / "data"
BINARY = Path(os.environ.get("GRAF", ROOT / "target/release/graf")).resolve()
PRIOR = ["nasbench101/nb101_20000.jsonl.gz", "--target", "validation_accuracy_108", "--use", "shared"]
NB201 = DATA / "nasbench201"
PROXIES = NB201 / "nb201_zc_proxies.csv"
AGGREGATES = ["log-rank", "mean-rank", "borda", "vote"]
MEMBERS = [
    ["nwot", "jacov"],
    ["nwot", "jacov", "params"],
    ["nwot", "jacov", "analytic_flops"],
    ["{prior}", "jacov", "nwot"],
    ["{prior}", "jacov", "nwot", "params"],
    ["{prior}", "flops"],
]
# Peak FLOP/s and bytes/s of the data sheets; see docs/features.md.
DEVICES = {
    "Jetson TX2 (edge GPU)": "peak=665e9,bandwidth=59.7e9",
    "Raspberry Pi 4": "peak=48e9,bandwidth=4e9",
    "Pixel 3": "peak=80e9,bandwidth=29.9e9",
}


def graf(*arguments):
    run = subprocess.run([BINARY, *arguments, "-q"], cwd=DATA, check=True, capture_output=True)
    return run.stdout


def taus(table, by, *options):
    """Kendall's tau of each column and aggregate with the labels."""
    words = ["rank", table, "--by", ",".join(by), *options, "--output-format", "json"]
    return {entry["column"]: entry["kendall_tau"] for entry in json.loads(graf(*words))}


def three_seeds(folder):
    """Both halves of TA-GATES as one table."""
    train = (NB201 / "ta_gates_train.csv").read_text().splitlines()
    test = (NB201 / "ta_gates_test.csv").read_text().splitlines()
    table = folder / "three_seeds.csv"
    table.write_text("\n".join(train + test[1:]) + "\n")
    return table


def rankings(folder):
    prior = folder / "nb101.graf"
    graf("fit", *PRIOR, "-o", prior)
    tables = [three_seeds(folder), NB201 / "nb201_valid_nets.csv"]
    # Two values of one network could not be computed.
    options = ["--join", PROXIES, "--target", "val_accs", "--missing", "median"]
    name = f"model:{prior}"
    single = [taus(table, ["proxies", name], *options, "--aggregate", "none") for table in tables]
    print("| column | test labels | validation labels |\n|---|---|---|")
    for column in sorted(single[0], key=lambda column: -abs(single[0][column])):
        shown = "the prior" if column == name else f"`{column}`"
        print(f"| {shown} | {single[0][column]:.3f} | {single[1][column]:.3f} |")
    print(f"\n| members | {' | '.join(f'`{one}`' for one in AGGREGATES)} | `log-rank`, validation |")
    print("|" + "---|" * (len(AGGREGATES) + 2))
    for members in MEMBERS:
        by = [member.format(prior=name) for member in members]
        test, validation = (taus(table, by, *options) for table in tables)
        cells = [f"{test[one]:.3f}" for one in AGGREGATES] + [f"{validation['log-rank']:.3f}"]
        shown = ", ".join(members).format(prior="the prior")
        print(f"| {shown} | {' | '.join(cells)} |", flush=True)
    print()


def label_free(folder):
    """The ranking that needs no label, no proxy that is measured and no model: on the spaces where its columns were
    chosen, and on others."""
    prior = folder / "nb101.graf"
    graf("fit", *PRIOR, "-o", prior)
    print("| networks | `params` | `label-free` | prior, `label-free` | `builtin`, `label-free` |\n|---|---|---|---|---|")
    nb201, micro = ["--space", "nasbench201"], ["--space", "transbench101-micro"]
    tables = {
        "201, TA-GATES train half": ["nasbench201/ta_gates_train.csv", *nb201, "--target", "val_accs"],
        "201, TA-GATES test half": ["nasbench201/ta_gates_test.csv", *nb201, "--target", "val_accs"],
        "201, ImageNet16-120": [
            "nasbench201/nb201_ImageNet16-120_valid_nets.csv", *nb201, "--target", "val_accs",
        ],
        "micro, class_scene": [
            "transbench101/tnb101_micro_3tasks.csv", *micro, "--target", "class_scene__val_accuracy",
        ],
        "micro, room_layout": [
            "transbench101/tnb101_micro_3tasks.csv", *micro, "--target", "room_layout__val_accuracy", "--maximize",
        ],
        "micro, autoencoder": [
            "transbench101/tnb101_micro_3tasks.csv", *micro, "--target", "autoencoder__val_accuracy",
        ],
        "101": ["nasbench101/nb101_20000.jsonl.gz", "--target", "validation_accuracy_108"],
        "301 (725)": ["nasbench301/zc_nasbench301_725.json", "--target", "val_accuracy"],
        "301 (500)": ["nasbench301/zc_nasbench301_500.json", "--target", "val_accuracy"],
    }
    for name, table in tables.items():
        options = table[1:]
        cells = [taus(table[0], ["analytic_params"], *options, "--aggregate", "none")["analytic_params"]]
        cells.append(taus(table[0], ["label-free"], *options)["log-rank"])
        if name != "101":  # The prior has seen these networks.
            for model in (prior, "builtin"):
                cells.append(taus(table[0], [f"model:{model}", "label-free"], *options)["log-rank"])
        print(f"| {name} | {' | '.join(f'{cell:.3f}' for cell in cells)} |", flush=True)
    print()


def latencies():
    table = NB201 / "hw_cifar10.csv"
    with open(table) as file:
        targets = [name for name in file.readline().strip().split(",") if name.endswith("latency")]
    print("| target | `analytic_flops` | `analytic_bytes` | " + " | ".join(DEVICES) + " |")
    print("|" + "---|" * (len(DEVICES) + 3))
    for target in targets:
        options = ["--space", "nasbench201", "--target", target, "--aggregate", "none"]
        found = taus(table, ["analytic_flops", "analytic_bytes"], *options)
        cells = [found["analytic_flops"], found["analytic_bytes"]]
        for device in DEVICES.values():
            cells.append(taus(table, ["roofline_latency"], *options, "--device", device)["roofline_latency"])
        print(f"| `{target}` | {' | '.join(f'{cell:.3f}' for cell in cells)} |", flush=True)


def main():
    if "GRAF" not in os.environ:
        subprocess.run(["cargo", "build", "--quiet", "--release"], cwd=ROOT, check=True)
    with tempfile.TemporaryDirectory() as folder:
        rankings(Path(folder))
        label_free(Path(folder))
    latencies()


if __name__ == "__main__":
    main()
