"""Predictions in Ray Data: a class for ``Dataset.map_batches``. docs/distributed.md has a recipe."""

import pyarrow as pa

from . import load

__all__ = ["Rank"]


class Rank:
    """Adds the columns ``prediction`` and, of a predictor that has it, ``std`` to Arrow tables with a column of encodings.

    Parameters
    ----------
    model : str
        A model file of one target, which every node must find.
    column : str
        The column of encodings.
    """

    def __init__(self, model, column="net"):
        self.model = load(model)
        self.column = column

    def __call__(self, table):
        mean, std = self.model.predict(table.column(self.column), return_std=True)
        table = table.append_column("prediction", pa.array(mean))
        return table if std is None else table.append_column("std", pa.array(std))
