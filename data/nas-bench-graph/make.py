#!/usr/bin/env python3
"""Make nas-bench-graph.csv.gz from the wheel of NAS-Bench-Graph 1.4.0.

    pip download --no-deps nas-bench-graph==1.4.0
    python make.py nas_bench_graph-1.4.0-py3-none-any.whl [OUTPUT]

Needs Python 3.8 or later and nothing else. The wheel is only read: none of its
code is run, and its pickles are loaded without numpy and without the right to
call anything but the two stand-ins below.

The wheel holds one table for each data set, from a network's key to four
numbers. A key is five decimal digits: the place of the network's links in
LINKS, then the places of its four operations in OPS. The source defines a
shorter list of operations for proteins, but the keys of that table are made
with the full list, as all the others are, so one decoding serves all nine
(checked below). Isomorphic networks share one key; it is kept as it is.
"""

import csv
import gzip
import hashlib
import io
import os
import pickle
import struct
import sys
import zipfile

WHEEL_SHA256 = "f6ea43836262f1ee8d60c35bbbd20aa2536ee1f8492025e3b0b90096f5afc6ad"
DATASETS = ("arxiv", "citeseer", "computers", "cora", "cs",
            "photo", "physics", "proteins", "pubmed")
LINKS = ("0000", "0001", "0011", "0012", "0013", "0111", "0112", "0122", "0123")
OPS = ("gat", "gcn", "gin", "cheb", "sage", "arma", "graph", "fc", "skip")
PROTEINS_OPS = {"gcn", "sage", "arma", "fc", "skip"}
NETWORKS, PROTEINS_NETWORKS = 26206, 2021


class Float64:
    """Stands in for numpy.dtype; only a little-endian float64 is accepted."""

    def __init__(self, name, *_):
        if name != "f8":
            raise pickle.UnpicklingError(f"unexpected dtype {name!r}")

    def __setstate__(self, state):
        if state[1] != "<":
            raise pickle.UnpicklingError(f"unexpected byte order {state[1]!r}")


def scalar(dtype, data):
    """Stands in for numpy's scalar constructor; gives a plain float."""
    if not isinstance(dtype, Float64):
        raise pickle.UnpicklingError("scalar without a dtype")
    return struct.unpack("<d", data)[0]


class TableUnpickler(pickle.Unpickler):
    """Loads builtin containers and numbers, and float64 scalars as floats."""

    ALLOWED = {("numpy", "dtype"): Float64,
               ("numpy.core.multiarray", "scalar"): scalar}

    def find_class(self, module, name):
        try:
            return self.ALLOWED[module, name]
        except KeyError:
            raise pickle.UnpicklingError(f"{module}.{name} is not allowed") from None


def check(condition, message):
    if not condition:
        sys.exit(f"make.py: {message}")


def decode(key):
    """The links and the four operations that a key stands for."""
    link, *ops = (int(digit) for digit in f"{key:05d}")
    return LINKS[link], [OPS[op] for op in ops]


def read_tables(wheel):
    with open(wheel, "rb") as file:
        data = file.read()
    check(hashlib.sha256(data).hexdigest() == WHEEL_SHA256,
          f"{wheel} is not the wheel of nas-bench-graph 1.4.0")
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: TableUnpickler(io.BytesIO(
                    archive.read(f"nas_bench_graph/light/{name}.bench"))).load()
                for name in DATASETS}


def check_keys(tables):
    """All tables have the same keys, but proteins, which has just those of the
    networks made of its five operations (so each finds exactly one row)."""
    keys = set(tables["cora"])
    check(len(keys) == NETWORKS, f"{len(keys)} networks, not {NETWORKS}")
    for name in DATASETS:
        expected = keys
        if name == "proteins":
            expected = {key for key in keys if PROTEINS_OPS.issuperset(decode(key)[1])}
            check(len(expected) == PROTEINS_NETWORKS, "unexpected number for proteins")
        check(set(tables[name]) == expected, f"unexpected keys for {name}")
    return sorted(keys)


def rows(tables):
    header = ["link", "ops"]
    for name in DATASETS:
        header += [f"{name}_valid_perf", f"{name}_perf"]
    yield header + ["cora_latency", "cora_parameters"]
    for key in check_keys(tables):
        link, ops = decode(key)
        row = [link, "|".join(ops)]
        for name in DATASETS:
            entry = tables[name].get(key)
            for field in ("valid_perf", "perf"):
                row.append("" if entry is None else f"{entry[field]:.4g}")
        cora = tables["cora"][key]
        # Six decimals hold the parameters in full: only float noise is dropped.
        check(abs(cora["para"] - round(cora["para"], 6)) < 1e-12, "para is cut")
        yield row + [f"{cora['latency']:.4g}", f"{cora['para']:.6f}"]


def main(args):
    check(1 <= len(args) <= 2, "usage: python make.py WHEEL [OUTPUT]")
    here = os.path.dirname(os.path.abspath(__file__))
    output = args[1] if len(args) == 2 else os.path.join(here, "nas-bench-graph.csv.gz")
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows(rows(read_tables(args[0])))
    data = text.getvalue().encode("ascii")
    # No file name and no time in the header, so that the bytes can be remade.
    with open(output, "wb") as raw, gzip.GzipFile(
            filename="", mode="wb", compresslevel=9, fileobj=raw, mtime=0) as file:
        file.write(data)
    print(hashlib.sha256(data).hexdigest(), " uncompressed CSV")
    with open(output, "rb") as file:
        print(hashlib.sha256(file.read()).hexdigest(), "", os.path.basename(output))


if __name__ == "__main__":
    main(sys.argv[1:])
