"""The tables of docs/results.md on transfer: what is learned on one benchmark, measured on others.

    GRAF_DATA=folder python3 benches/transfer.py

Writes files of benchmarks into a temporary folder, with the dumps of the folder `data` of GRAF_DATA, and
runs `graf compare --train-on` on them: every benchmark against every other, and then those of three
spaces alone, so that what is learned is of another space than what is asked. Needs nothing but Python.
"""

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tasks import HOME, ROOT

NB201 = "nasbench201/nb201_{}valid_nets.csv", "nasbench201/nb201_{}zc_proxies.csv"

# Name, table, target and what else its file says.
BENCHMARKS = {
    "101": ("nasbench101/nb101_20000.jsonl.gz", "validation_accuracy_108", {}),
    "201": (NB201[0].format(""), "val_accs", {"join": [NB201[1].format("")]}),
    "201 ImageNet16-120": (
        NB201[0].format("ImageNet16-120_"), "val_accs",
        {"join": [NB201[1].format("ImageNet16-120_")]},
    ),
    "micro": (
        "transbench101/tnb101_micro_valid_nets.csv", "val_accs", {"space": "transbench101-micro"}
    ),
    "301": ("nasbench301/zc_nasbench301_725.json", "val_accuracy", {}),
    "macro": (
        "transbench101/zc_transbench101_macro_662.json", "val_accuracy",
        {"space": "transbench101-macro", "task": "class_scene"},
    ),
    # How far latencies are ranked as such: greater ones count as better.
    "201 latency": (
        "nasbench201/hw_cifar10.csv", "edgegpu_latency",
        {"space": "nasbench201", "direction": "maximize"},
    ),
    "201 robustness": (
        "nasbench201/robustness_targets.csv", "fgsm@Linf_eps-1.0", {"space": "nasbench201"}
    ),
}

THREE = ["101", "201", "micro"]


def written(path, names):
    """A file of some of the benchmarks."""
    data = (HOME / "data").resolve()
    with open(path, "w") as file:
        for name in names:
            table, target, rest = BENCHMARKS[name]
            entry = {"name": name, "inputs": [str(data / table)], "target": target, **rest}
            if "join" in entry:
                entry["join"] = [str(data / table) for table in entry["join"]]
            file.write("[[benchmark]]\n")
            # Texts and lists of them are the same in JSON and in TOML.
            file.writelines(f"{key} = {json.dumps(value)}\n" for key, value in entry.items())


def matrix(arguments):
    """The table of a command, with what it says."""
    start = time.time()
    command = [ROOT / "target/release/graf", "compare", *arguments, "--output-format", "markdown"]
    run = subprocess.run(command, capture_output=True, text=True)
    if run.returncode != 0:
        sys.exit(run.stderr)
    names = " ".join(Path(word).name for word in arguments)
    print(f"```sh\ngraf compare {names}\n```\n\n{run.stdout}\n```\n{run.stderr}```\n")
    print(f"{time.time() - start:.0f} s\n", flush=True)


def main():
    subprocess.run(["cargo", "build", "--quiet", "--release"], cwd=ROOT, check=True)
    with tempfile.TemporaryDirectory() as folder:
        everything, three = Path(folder) / "all.toml", Path(folder) / "three.toml"
        written(everything, BENCHMARKS)
        written(three, THREE)
        matrix(["--train-on", everything])
        matrix(["--train-on", three, "--test-on", everything])


if __name__ == "__main__":
    main()
