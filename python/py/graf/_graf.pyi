"""What the package calls; see `graf` for what people call."""

from os import PathLike
from typing import Any

import numpy as np
from numpy.typing import NDArray

__version__: str
PREDICTORS: list[str]
STRATEGIES: list[str]

class EncodingError(ValueError):
    index: int

class LearnedError(ValueError): ...

class Model:
    columns: list[str]
    targets: list[str]
    predictor: str
    space: str | None
    directions: list[str | None]
    has_std: bool
    importances: list[float] | None
    @staticmethod
    def from_bytes(bytes: bytes) -> Model: ...
    @staticmethod
    def load(path: str | PathLike[str]) -> Model: ...
    def to_bytes(self) -> bytes: ...
    def save(self, path: str | PathLike[str]) -> None: ...
    def card(self) -> str: ...
    def predict(
        self, encodings: list[Any], space: str | None, nan: bool
    ) -> tuple[NDArray[np.float64], NDArray[np.float64] | None]: ...
    def predict_numbers(
        self, records: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64] | None]: ...
    def explain(
        self, encodings: list[Any], target: str, space: str | None
    ) -> tuple[float, NDArray[np.float64], list[str]]: ...

def after_fork() -> None: ...
def featurize(
    encodings: list[Any],
    space: str | None,
    uses: list[str],
    names: str,
    nan: bool,
    learned: list[str] | None,
) -> tuple[NDArray[np.float64], list[str]]: ...
def labels(encodings: list[Any], space: str | None, uses: list[str]) -> list[str] | None: ...
def fit(
    encodings: list[Any],
    y: NDArray[np.float64],
    space: str | None,
    uses: list[str] | None,
    predictor: str,
    parameters: str,
    target: str,
    objective: str | None,
    prior: Model | None,
    name: str,
    seed: int,
) -> Model: ...
def fit_numbers(
    records: NDArray[np.float64],
    targets: NDArray[np.float64],
    columns: list[str],
    names: list[str],
    predictor: str,
    parameters: str,
    seed: int,
) -> Model: ...
def compare(
    encodings: list[Any],
    y: NDArray[np.float64],
    space: str | None,
    sets: list[tuple[str, list[str]]],
    predictors: list[tuple[str, str]],
    sizes: list[int],
    metrics: list[str],
    repeats: int,
    seed: int,
    target: str,
    objective: str | None,
) -> list[tuple[str, str, int, str, int, float, float, str, float | None]]: ...
def sample(
    space: str, count: int, seed: int, to: str | None, unique: str | None, shard: str
) -> list[str]: ...
def enumerate(space: str, to: str | None, unique: str | None, shard: str) -> list[str]: ...
def infer(encodings: list[Any]) -> str: ...
def convert(encodings: list[Any], to: str, space: str | None) -> list[str]: ...
def hash(encodings: list[Any], space: str | None, equality: str) -> list[str]: ...
def spaces() -> list[dict[str, Any]]: ...
def metrics(
    truth: NDArray[np.float64],
    prediction: NDArray[np.float64],
    names: list[str] | None,
    objective: str | None,
) -> list[tuple[str, float]]: ...
def rank(
    columns: list[tuple[str, list[float]]],
    target: tuple[str, list[float]] | None,
    directions: list[tuple[str, str]],
    aggregates: list[str] | None,
    metrics: list[str],
) -> tuple[
    list[tuple[str, str | None, str | None, list[float]]], list[tuple[str, list[float]]]
]: ...
def suggest(
    candidates: list[Any],
    count: int,
    space: str | None,
    strategy: str,
    model: Model | None,
    known: list[Any],
    best: float | None,
    seed: int,
) -> tuple[list[int], list[float]]: ...
