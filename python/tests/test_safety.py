"""Forks, signals and threads."""

import multiprocessing
import os
import signal
import subprocess
import sys
import threading
import time

import graf
import numpy as np
import pytest

NETS = ["(4, 0, 3, 1, 4, 3)", "(1, 2, 3, 4, 0, 1)"] * 500


def _shape(_):
    return graf.featurize(NETS, "nasbench201").values.shape


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork")
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
@pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
def test_a_child_process_works(method):
    expected = _shape(0)
    with multiprocessing.get_context(method).Pool(2) as pool:
        assert pool.map_async(_shape, range(4)).get(timeout=60) == [expected] * 4
    assert _shape(0) == expected


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork")
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_child_of_a_busy_process_works(train):
    stop = threading.Event()

    def work():
        while not stop.is_set():
            graf.fit(train["net"], train["cs_valid_perf"], predictor="forest", trees=50)

    worker = threading.Thread(target=work)
    worker.start()
    try:
        for _ in range(5):
            with multiprocessing.get_context("fork").Pool(1) as pool:
                assert pool.map_async(_shape, range(1)).get(timeout=60) == [_shape(0)]
    finally:
        stop.set()
        worker.join()


INTERRUPTED = """
import os, signal, threading, time
import numpy as np
from graf.sklearn import GrafRegressor
X = np.random.default_rng(0).random((20000, 150))
def interrupt():
    global at
    at = time.perf_counter()
    os.kill(os.getpid(), signal.SIGINT)
threading.Timer(1.0, interrupt).start()
try:
    GrafRegressor("auto").fit(X, X[:, 0])
    print("done")
except KeyboardInterrupt:
    print(time.perf_counter() - at, flush=True)
    time.sleep(5)
    cpu = time.process_time()
    time.sleep(1)
    print(time.process_time() - cpu, flush=True)
    os._exit(0)
"""


@pytest.mark.skipif(os.name == "nt", reason="os.kill ends the process")
def test_ctrl_c_stops_a_fit():
    done = subprocess.run([sys.executable, "-c", INTERRUPTED], capture_output=True, text=True, timeout=120)
    waited, still_working = map(float, done.stdout.split())
    assert waited < 0.5, done.stdout + done.stderr
    # The threads stop at their next step, and do nothing from then on.
    assert still_working < 0.1, done.stdout


def test_other_threads_run_while_graf_works():
    counted = 0
    stop = threading.Event()

    def count():
        nonlocal counted
        while not stop.is_set():
            counted += 1
            time.sleep(0.001)

    X = np.random.default_rng(0).random((2000, 50))
    counter = threading.Thread(target=count)
    counter.start()
    start = time.perf_counter()
    from graf.sklearn import GrafRegressor

    GrafRegressor("forest").fit(X, X[:, 0])
    took, while_working = time.perf_counter() - start, counted
    stop.set()
    counter.join()
    # A thousand a second at most; a tenth of them on a busy machine.
    assert while_working > took * 20


def test_the_number_of_threads_makes_no_difference(train):
    code = (
        "import sys, graf, hashlib; nets, y = zip(*(line.split() for line in sys.stdin));"
        "print(hashlib.md5(graf.fit(nets, list(map(float, y))).to_bytes()).hexdigest())"
    )
    rows = "\n".join(f"{net} {y}" for net, y in zip(train["net"], train["cs_valid_perf"]))
    hashes = {
        subprocess.run(
            [sys.executable, "-c", code],
            input=rows,
            env={**os.environ, "RAYON_NUM_THREADS": threads},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for threads in ("1", "3")
    }
    assert len(hashes) == 1
