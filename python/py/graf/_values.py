"""Numbers, words and tables on their way between people and `_graf`."""

import json
from collections.abc import Mapping

import numpy as np

OUTPUTS = ("numpy", "arrow", "pandas", "polars")


def numbers(values, name):
    """A one-dimensional array of float64."""
    array = np.asarray(values, dtype=np.float64)
    if array.ndim == 2 and array.shape[1] == 1:
        array = array[:, 0]
    if array.ndim != 1:
        raise ValueError(f"{name} must have one dimension, but has the shape {array.shape}")
    return array


def words(value, name):
    """A list of words: of a text with commas, or of a sequence of texts."""
    parts = value.split(",") if isinstance(value, str) else list(value)
    if not all(isinstance(part, str) for part in parts):
        raise TypeError(f"{name} must be text, or a sequence of texts")
    return parts


def is_nan(errors):
    """Whether what cannot be read becomes NaN."""
    if errors not in ("raise", "nan"):
        raise ValueError(f"errors is {errors!r}, but must be 'raise' or 'nan'")
    return errors == "nan"


def name_of(y, given):
    """The name of a target: the given one, or that of a pandas or Polars column."""
    if given is not None:
        return given
    name = getattr(y, "name", None)
    return name if isinstance(name, str) and name else "target"


# Parameters of forests that are a number or a fraction of what there is.
_AMOUNTS = ("max_features", "max_samples")


def parameters(given):
    """Parameters of a predictor as JSON. As in scikit-learn a whole number is a count, one with a point a fraction."""
    plain = {}
    for name, value in given.items():
        if isinstance(value, np.generic):
            value = value.item()
        if name in _AMOUNTS and not isinstance(value, (str, bool, Mapping, type(None))):
            value = {"count": value} if isinstance(value, int) else {"fraction": value}
        elif name in _AMOUNTS and value is None:
            value = "all"
        plain[name] = value
    return json.dumps(plain)


def frame(columns, output):
    """Columns by name as a table of the kind that is asked for."""
    if output == "pandas":
        import pandas

        return pandas.DataFrame(columns)
    if output == "polars":
        import polars

        return polars.DataFrame(columns)
    if output == "arrow":
        import pyarrow

        return pyarrow.table(columns)
    raise ValueError(f"output is {output!r}, but must be one of {', '.join(OUTPUTS[1:])}")
