"""Encodings as people have them, as a list that `_graf` takes."""

import json
from collections.abc import Mapping

import numpy as np


def as_list(encodings):
    """A list with an element per network: of any sequence, NumPy array, pandas, Polars or Arrow column or table."""
    if isinstance(encodings, list):
        return encodings
    if isinstance(encodings, (str, bytes)):
        raise TypeError(
            "encodings must be a sequence with an element per network, not a single "
            f"{type(encodings).__name__}: put it into a list"
        )
    if isinstance(encodings, Mapping):
        raise TypeError("encodings must be a sequence with an element per network, not a mapping: put it into a list")
    if isinstance(encodings, np.ndarray) and encodings.ndim == 0:
        raise TypeError("encodings must be a sequence with an element per network, not a single value")
    # A table: one column holds encodings, several hold an encoding in parts.
    if hasattr(encodings, "column_names") and hasattr(encodings, "to_pylist"):
        rows = encodings.to_pylist()
        names = encodings.column_names
        return [row[names[0]] for row in rows] if len(names) == 1 else rows
    if hasattr(encodings, "columns") and hasattr(encodings, "shape"):
        return _of_frame(encodings)
    for method in ("to_pylist", "to_list", "tolist"):
        if hasattr(encodings, method):
            return getattr(encodings, method)()
    if hasattr(encodings, "__arrow_c_stream__") or hasattr(encodings, "__arrow_c_array__"):
        return _of_arrow(encodings)
    return list(encodings)


def _of_frame(frame):
    names = list(frame.columns)
    if len(names) == 1:
        return as_list(frame[names[0]])
    if hasattr(frame, "to_dicts"):
        return frame.to_dicts()
    return frame.to_dict("records")


def _of_arrow(encodings):
    try:
        import pyarrow
    except ImportError as error:
        raise TypeError(f"an Arrow object such as {type(encodings).__name__} is read with pyarrow: install it") from error
    if hasattr(encodings, "__arrow_c_stream__"):
        return pyarrow.chunked_array(encodings).to_pylist()
    return pyarrow.array(encodings).to_pylist()


def text(element):
    """The text of an encoding that is no string; None if it is missing."""
    if element is None or isinstance(element, (float, np.floating)) and element != element:
        return None
    if isinstance(element, np.ndarray):
        element = element.tolist()
    if isinstance(element, (bool, np.bool_)):
        raise TypeError("a truth value is no encoding")
    if isinstance(element, (int, np.integer)):
        return str(int(element))
    if isinstance(element, Mapping):
        return json.dumps(dict(element), default=_plain)
    if isinstance(element, (list, tuple)):
        if all(isinstance(one, (int, np.integer)) for one in element):
            return "(" + ", ".join(str(int(one)) for one in element) + ")"
        return json.dumps(element, default=_plain)
    # pandas.NA and the like are missing, and are not equal to themselves in a way that can be asked.
    if type(element).__name__ in ("NAType", "NaTType"):
        return None
    raise TypeError(f"an encoding is a string, a tuple or list of numbers, a dictionary or a number, not {type(element).__name__}")


def _plain(value):
    if isinstance(value, (np.ndarray, np.generic)):
        return value.tolist()
    raise TypeError(f"{type(value).__name__} in an encoding")
