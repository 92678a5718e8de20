"""Predictions in Spark: a function for ``DataFrame.mapInArrow``. docs/distributed.md has a recipe."""

import pyarrow as pa

__all__ = ["rank", "schema"]


def schema(column="net"):
    """The schema of what :func:`rank` gives, as Spark writes it."""
    return f"`{column}` string, prediction double, std double"


def rank(model, column="net"):
    """A function from batches with a column of encodings to batches with this column, ``prediction`` and ``std``.

    Parameters
    ----------
    model : str
        A model file of one target, which every node must find.
    column : str
        The column of encodings.
    """

    def ranked(batches):
        # Imported and loaded where it runs.
        from graf import load

        loaded = load(model)
        for batch in batches:
            nets = batch.column(column)
            mean, std = loaded.predict(nets, return_std=True)
            std = pa.nulls(len(nets), pa.float64()) if std is None else pa.array(std)
            yield pa.RecordBatch.from_arrays([nets, pa.array(mean), std], [column, "prediction", "std"])

    return ranked
