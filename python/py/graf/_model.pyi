from os import PathLike
from typing import Any, Literal, NamedTuple, overload

import numpy as np
from numpy.typing import NDArray

class Explanation(NamedTuple):
    base: float
    contributions: NDArray[np.float64]
    names: list[str]

class Model:
    @classmethod
    def from_bytes(cls, data: bytes) -> Model: ...
    def to_bytes(self) -> bytes: ...
    def save(self, path: str | PathLike[str]) -> None: ...
    @property
    def card(self) -> dict[str, Any]: ...
    @property
    def columns(self) -> list[str]: ...
    @property
    def targets(self) -> list[str]: ...
    @property
    def space(self) -> str | None: ...
    @property
    def predictor(self) -> str: ...
    @property
    def importances(self) -> NDArray[np.float64] | None: ...
    @overload
    def predict(
        self,
        encodings: Any,
        *,
        target: str | None = None,
        return_std: Literal[False] = False,
        space: str | None = None,
        errors: Literal["raise", "nan"] = "raise",
    ) -> NDArray[np.float64]: ...
    @overload
    def predict(
        self,
        encodings: Any,
        *,
        target: str | None = None,
        return_std: Literal[True],
        space: str | None = None,
        errors: Literal["raise", "nan"] = "raise",
    ) -> tuple[NDArray[np.float64], NDArray[np.float64] | None]: ...
    def explain(
        self, encodings: Any, *, target: str | None = None, space: str | None = None
    ) -> Explanation: ...
