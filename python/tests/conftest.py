"""Networks that the tests share, and the binary beside the package."""

import gzip
import os
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

ROOT = Path(__file__).resolve().parents[2]
TABLE = ROOT / "data" / "nas-bench-graph" / "nas-bench-graph.csv.gz"


@pytest.fixture(scope="session")
def table():
    """The bundled table, with a column `net` of encodings."""
    with gzip.open(TABLE, "rt") as file:
        rows = pd.read_csv(file, dtype={"link": str})
    rows["net"] = rows["link"] + ":" + rows["ops"]
    return rows


@pytest.fixture(scope="session")
def train(table):
    """200 networks with a measured value."""
    rows = table[table["cs_valid_perf"].notna()]
    return rows.iloc[::131].reset_index(drop=True).head(200)


@pytest.fixture(scope="session")
def nb201():
    """2,000 encodings of NAS-Bench-201."""
    random = np.random.default_rng(0)
    return ["(" + ", ".join(map(str, ids)) + ")" for ids in random.integers(0, 5, (2000, 6)).tolist()]


@pytest.fixture(scope="session")
def graf_binary():
    """The command `graf`: that of GRAF, or of the target directory."""
    target = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
    places = [os.environ.get("GRAF"), target / "release" / "graf", target / "debug" / "graf", shutil.which("graf")]
    found = next((Path(place) for place in places if place and Path(place).exists()), None)
    if found is None:
        pytest.fail("no binary graf: build it with `cargo build --release`, or name it in GRAF")

    def run(*arguments, **options):
        done = subprocess.run([found, *map(str, arguments)], capture_output=True, **options)
        assert done.returncode == 0, done.stderr.decode()
        return done.stdout

    return run
