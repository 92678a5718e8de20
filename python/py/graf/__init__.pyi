from collections.abc import Mapping, Sequence
from os import PathLike
from typing import Any, Literal, NamedTuple, overload

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ._graf import EncodingError as EncodingError
from ._model import Explanation as Explanation
from ._model import Model as Model

__version__: str
PREDICTORS: list[str]
STRATEGIES: list[str]

# A list, tuple, NumPy array, pandas or Polars column or table, or Arrow array or table.
Encodings = Any
Objective = Literal["maximize", "minimize"]
Equality = Literal["isomorphic", "functional"]
Table = Literal["pandas", "polars", "arrow"]

class Features(NamedTuple):
    values: NDArray[np.float64]
    names: list[str]

class Suggestion(NamedTuple):
    indices: NDArray[np.intp]
    scores: NDArray[np.float64]

class Ranking(NamedTuple):
    columns: Any
    aggregates: Any

@overload
def featurize(
    encodings: Encodings,
    space: str | None = None,
    use: str | Sequence[str] = "graf+",
    names: Literal["readable", "zc-combine"] = "readable",
    errors: Literal["raise", "nan"] = "raise",
    output: Literal["numpy"] = "numpy",
) -> Features: ...
@overload
def featurize(
    encodings: Encodings,
    space: str | None = None,
    use: str | Sequence[str] = "graf+",
    names: Literal["readable", "zc-combine"] = "readable",
    errors: Literal["raise", "nan"] = "raise",
    *,
    output: Table,
) -> Any: ...
def fit(
    encodings: Encodings,
    y: ArrayLike,
    *,
    space: str | None = None,
    use: str | Sequence[str] | None = None,
    predictor: str = "auto",
    objective: Objective | None = None,
    target: str | None = None,
    prior: Model | None = None,
    name: str = "memory",
    seed: int = 0,
    **parameters: Any,
) -> Model: ...
def load(path: str | PathLike[str]) -> Model: ...
def compare(
    encodings: Encodings,
    y: ArrayLike,
    *,
    space: str | None = None,
    features: str | Sequence[str | Sequence[str]] | Mapping[str, str | Sequence[str]] = "graf+",
    predictors: str | Sequence[str] | Mapping[str, Mapping[str, Any]] = "auto",
    train_sizes: Sequence[int] | None = None,
    metrics: str | Sequence[str] = ("kendall_tau", "spearman", "r2"),
    repeats: int = 10,
    seed: int = 0,
    objective: Objective | None = None,
    target: str | None = None,
    output: Table = "pandas",
) -> Any: ...
def suggest(
    candidates: Encodings,
    n: int,
    *,
    space: str | None = None,
    model: Model | None = None,
    strategy: str | None = None,
    known: Encodings = (),
    best: float | None = None,
    seed: int = 0,
) -> Suggestion: ...
def rank(
    columns: Any,
    y: ArrayLike | None = None,
    *,
    objective: Objective | None = None,
    target: str | None = None,
    maximize: str | Sequence[str] = (),
    minimize: str | Sequence[str] = (),
    aggregates: str | Sequence[str] | None = None,
    metrics: str | Sequence[str] = ("kendall_tau", "spearman"),
    output: Table = "pandas",
) -> Ranking: ...
def metrics(
    y_true: ArrayLike,
    y_pred: ArrayLike,
    metrics: str | Sequence[str] | None = None,
    *,
    objective: Objective | None = None,
) -> dict[str, float]: ...
def sample(
    space: str,
    n: int,
    *,
    seed: int = 0,
    to: str | None = None,
    unique: Equality | None = None,
    shard: str = "1/1",
) -> list[str]: ...
def enumerate(
    space: str, *, to: str | None = None, unique: Equality | None = None, shard: str = "1/1"
) -> list[str]: ...
def convert(encodings: Encodings, to: str, *, space: str | None = None) -> list[str]: ...
def hash(
    encodings: Encodings, *, space: str | None = None, equality: Equality = "isomorphic"
) -> list[str]: ...
def spaces() -> list[dict[str, Any]]: ...
