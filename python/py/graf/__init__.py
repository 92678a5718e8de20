"""Predicts how well a neural network will do from the shape of its graph alone.

>>> import graf
>>> features = graf.featurize(["(4, 0, 3, 1, 4, 3)"], space="nasbench201")
>>> features.values.shape == (1, len(features.names))
True

Everything here works on networks in memory; the command ``graf`` does the same on files, with the same numbers. Work
runs on the cores of the process, or as many as ``RAYON_NUM_THREADS`` says, without the interpreter's lock.
"""

import os as _os
from typing import NamedTuple as _NamedTuple

import numpy as _np

from . import _graf
from ._encodings import as_list as _as_list
from ._graf import PREDICTORS, STRATEGIES, EncodingError, __version__
from ._model import Explanation, Model
from ._values import frame as _frame
from ._values import is_nan as _is_nan
from ._values import name_of as _name_of
from ._values import numbers as _numbers
from ._values import parameters as _parameters
from ._values import words as _words

__all__ = [
    "EncodingError",
    "Explanation",
    "Features",
    "Model",
    "PREDICTORS",
    "Ranking",
    "STRATEGIES",
    "Suggestion",
    "compare",
    "convert",
    "enumerate",
    "featurize",
    "fit",
    "hash",
    "load",
    "metrics",
    "rank",
    "sample",
    "spaces",
    "suggest",
    "__version__",
]

if hasattr(_os, "register_at_fork"):
    # The threads of the parent do not exist in a child, which makes its own.
    _os.register_at_fork(after_in_child=_graf.after_fork)


class Features(_NamedTuple):
    """Features of n networks."""

    values: _np.ndarray
    """n × d float64."""
    names: list
    """The names of the d features."""


class Suggestion(_NamedTuple):
    """Which networks to train next, the first of them first."""

    indices: _np.ndarray
    """Their places among the candidates, k integers."""
    scores: _np.ndarray
    """Their scores by the strategy, k float64; greater is better."""


class Ranking(_NamedTuple):
    """How columns rank networks."""

    columns: object
    """A table with a row per column, the aggregates last: its name, its direction, how that is known, and each metric."""
    aggregates: object
    """A table with a row per network and a column per aggregate; greater is better."""


def featurize(encodings, space=None, use="graf+", names="readable", errors="raise", output="numpy"):
    """Computes the features of networks.

    Parameters
    ----------
    encodings : sequence of n encodings
        A list, a NumPy array, a pandas or Polars Series, or an Arrow array of strings. An element may also be a tuple or
        list of numbers, a dictionary, or a number. A data frame of several columns holds encodings in parts.
    space : str, optional
        The search space: a name (:func:`spaces`) or a .toml file. Inferred from the encodings if they leave no doubt.
    use : str or sequence of str
        Groups of features: ``graf+``, ``graf`` (those of the paper), or families such as ``op_count``.
    names : {"readable", "zc-combine"}
        The names, and for ``zc-combine`` also the order and values, of the paper's repository; for ``use="graf"``.
    errors : {"raise", "nan"}
        Whether an encoding that cannot be read raises :class:`EncodingError` or has NaN as its features.
    output : {"numpy", "arrow", "pandas", "polars"}
        What is returned.

    Returns
    -------
    Features
        ``values``, n × d float64, and ``names``, a list of d texts; or a table with these columns.
    """
    encodings = encodings if type(encodings) is list else _as_list(encodings)
    uses = [use] if type(use) is str and "," not in use else _words(use, "use")
    nan = False if errors == "raise" else _is_nan(errors)
    try:
        features = Features._make(_graf.featurize(encodings, space, uses, names, nan, None))
    except _graf.LearnedError:
        learned = _graf.labels(encodings, space, uses)
        features = Features._make(_graf.featurize(encodings, space, uses, names, nan, learned))
    if output == "numpy":
        return features
    return _frame(dict(zip(features.names, features.values.T)), output)


def fit(
    encodings,
    y,
    *,
    space=None,
    use=None,
    predictor="auto",
    objective=None,
    target=None,
    prior=None,
    name="memory",
    seed=0,
    **parameters,
):
    """Fits a model to networks with known values of a target.

    Parameters
    ----------
    encodings : sequence of n encodings
        As for :func:`featurize`.
    y : n numbers
        The target, such as a validation accuracy, in any unit.
    space
        As for :func:`featurize`.
    use : str or sequence of str, optional
        Groups of features, as for :func:`featurize`. By default those of ``graf fit``: ``views`` for ``auto``, of
        which the model keeps what predicts held-out networks best, ``graf++`` with a prior, and ``graf+`` for other predictors.
    predictor : str
        One of :data:`PREDICTORS`; ``auto`` blends several.
    objective : {"maximize", "minimize"}, optional
        Which values of the target are better. If it is not stated, it is assumed where the name of the target leaves no doubt.
    target : str, optional
        The name of the target; that of ``y`` if it is a Series, else ``target``.
    prior : Model, optional
        Start from the predictions of this model of other networks.
    name : str
        What the model calls its training set; ``graf fit`` takes the name of the table.
    seed : int
        The same seed gives the same model on any number of threads.
    **parameters
        Of the predictor, such as ``trees=300``; docs/predictors.md lists them.

    Returns
    -------
    Model
        The model that ``graf fit`` makes of the same networks, values and seed, byte for byte.
    """
    if prior is not None and not isinstance(prior, Model):
        raise TypeError("prior must be a graf.Model")
    model = _graf.fit(
        _as_list(encodings),
        _numbers(y, "y"),
        space,
        None if use is None else _words(use, "use"),
        predictor,
        _parameters(parameters),
        _name_of(y, target),
        objective,
        None if prior is None else prior._model,
        name,
        seed,
    )
    return Model(model)


def load(path):
    """Reads a model that :meth:`Model.save` or ``graf fit`` has written.

    Raises OSError if the file cannot be read, and ValueError if it is no model.
    """
    return Model(_graf.Model.load(_os.fspath(path)))


def compare(
    encodings,
    y,
    *,
    space=None,
    features="graf+",
    predictors="auto",
    train_sizes=None,
    metrics=("kendall_tau", "spearman", "r2"),
    repeats=10,
    seed=0,
    objective=None,
    target=None,
    output="pandas",
):
    """Compares sets of features and predictors on random training sets.

    Networks that compute the same are never on both sides of a split.

    Parameters
    ----------
    encodings, y, space, objective, target
        As for :func:`fit`.
    features : str, sequence of str, or dict of name to groups
        The sets of features: each a text such as ``graf+`` or ``op_count,flops``.
    predictors : str, sequence of str, or dict of predictor to its parameters
        The predictors.
    train_sizes : sequence of int, optional
        The numbers of networks to train on; 32 and 128 by default, or fewer where there are few.
    metrics : sequence of str
        Such as ``kendall_tau`` or ``precision@10``.
    repeats : int
        How many training sets are drawn of each size.

    Returns
    -------
    DataFrame
        A row for each size, metric, set and predictor, with the mean and standard deviation over the repeats, how it
        stands beside the best, and the p-value of the difference.
    """
    if isinstance(features, str):
        features = [features]
    if not hasattr(features, "items"):
        features = {one if isinstance(one, str) else ",".join(one): one for one in features}
    if isinstance(predictors, str):
        predictors = [predictors]
    if not hasattr(predictors, "items"):
        predictors = {one: {} for one in predictors}
    rows = _graf.compare(
        _as_list(encodings),
        _numbers(y, "y"),
        space,
        [(name, _words(groups, "features")) for name, groups in features.items()],
        [(name, _parameters(given)) for name, given in predictors.items()],
        [] if train_sizes is None else [int(size) for size in train_sizes],
        _words(metrics, "metrics"),
        repeats,
        seed,
        _name_of(y, target),
        objective,
    )
    names = ("features", "predictor", "train_size", "metric", "runs", "mean", "std", "standing", "p_value")
    columns = zip(*rows) if rows else [[] for _ in names]
    return _frame({name: list(column) for name, column in zip(names, columns)}, output)


def suggest(
    candidates, n, *, space=None, model=None, strategy=None, known=(), best=None, seed=0
):
    """Chooses networks to train next.

    Parameters
    ----------
    candidates : sequence of encodings
        Of equal networks the first may be chosen; those that the model has learned may not.
    n : int
        How many are chosen.
    model : Model, optional
        What the strategy asks; ``diverse`` asks none.
    strategy : str, optional
        One of :data:`STRATEGIES`: ``improvement`` if there is a model, else ``diverse``.
    known : sequence of encodings
        Networks that are trained already.
    best : float, optional
        The best of their values, in units of the target.

    Returns
    -------
    Suggestion
        ``indices`` into the candidates and ``scores``, the first to train first.
    """
    if model is not None and not isinstance(model, Model):
        raise TypeError("model must be a graf.Model")
    if strategy is None:
        strategy = "diverse" if model is None else "improvement"
    indices, scores = _graf.suggest(
        _as_list(candidates),
        n,
        space,
        strategy,
        None if model is None else model._model,
        _as_list(known),
        best,
        seed,
    )
    return Suggestion(_np.asarray(indices, dtype=_np.intp), _np.asarray(scores))


def rank(
    columns,
    y=None,
    *,
    objective=None,
    target=None,
    maximize=(),
    minimize=(),
    aggregates=None,
    metrics=("kendall_tau", "spearman"),
    output="pandas",
):
    """Measures how columns such as zero-cost proxies rank networks, and combines their ranks.

    Parameters
    ----------
    columns : dict or data frame
        For each name n numbers, one per network.
    y : n numbers, optional
        The target; NaN where it is not known. Agreement is measured on the others.
    objective : {"maximize", "minimize"}, optional
        Which values of the target are better.
    maximize, minimize : sequence of str
        Columns of which greater, or smaller, values are better. For the standard proxies that is known; else the target
        shows it.
    aggregates : sequence of str, optional
        ``log-rank``, ``mean-rank``, ``borda``, ``vote``; all by default.
    metrics : sequence of str
        How agreement is measured.

    Returns
    -------
    Ranking
        Two tables: ``columns`` and ``aggregates``.
    """
    if hasattr(columns, "columns"):
        columns = {name: columns[name] for name in columns.columns}
    listed = [(name, _numbers(values, f"column {name}").tolist()) for name, values in columns.items()]
    labels = None if y is None else (_name_of(y, target), _numbers(y, "y").tolist())
    directions = [(name, "maximize") for name in _words(maximize, "maximize")]
    directions += [(name, "minimize") for name in _words(minimize, "minimize")]
    if objective is not None and labels is not None:
        directions.append((labels[0], objective))
    metrics = _words(metrics, "metrics")
    if aggregates is not None:
        aggregates = _words(aggregates, "aggregates")
    ranked, scores = _graf.rank(listed, labels, directions, aggregates, metrics)
    table = {
        "column": [name for name, *_ in ranked],
        "direction": [direction for _, direction, *_ in ranked],
        "known": [how for _, _, how, _ in ranked],
    }
    if labels is not None:
        table.update({metric: [row[3][place] for row in ranked] for place, metric in _builtin_enumerate(metrics)})
    return Ranking(_frame(table, output), _frame(dict(scores), output))


def metrics(y_true, y_pred, metrics=None, *, objective=None):
    """Measures predictions.

    Parameters
    ----------
    y_true, y_pred : n numbers
        The true values and the predictions, all finite.
    metrics : sequence of str, optional
        Such as ``kendall_tau`` or ``precision@10``; all by default.
    objective : {"maximize", "minimize"}, optional
        Which values are better. Metrics of the best rows need it.

    Returns
    -------
    dict of str to float
        NaN where a metric is not defined, as for a correlation with a constant.
    """
    names = None if metrics is None else _words(metrics, "metrics")
    return dict(_graf.metrics(_numbers(y_true, "y_true"), _numbers(y_pred, "y_pred"), names, objective))


_builtin_enumerate = enumerate


def sample(space, n, *, seed=0, to=None, unique=None, shard="1/1"):
    """Draws networks of a search space: the encodings that ``graf sample`` writes with the same seed.

    Parameters
    ----------
    space : str
        A name or a .toml file.
    n : int
        How many. Each network of the space is as likely, and may be drawn again.
    to : str, optional
        The encoding; the first of the space by default.
    unique : {"isomorphic", "functional"}, optional
        Draw networks that are equal in this sense once.
    shard : str
        ``i/n``, i from 1: a part of the sample. The parts together are the sample, whatever their number.

    Returns
    -------
    list of str
    """
    return _graf.sample(space, n, seed, to, unique, shard)


def enumerate(space, *, to=None, unique=None, shard="1/1"):
    """Lists the networks of a search space in a fixed order: the encodings that ``graf enumerate`` writes.

    The parameters are those of :func:`sample`. Raises ValueError if the space has too many networks to list.
    """
    return _graf.enumerate(space, to, unique, shard)


def convert(encodings, to, *, space=None):
    """Writes networks in another encoding, such as ``tuple`` or ``genotype``: a list of n texts."""
    return _graf.convert(_as_list(encodings), to, space)


def hash(encodings, *, space=None, equality="isomorphic"):
    """Hashes networks: a list of n texts, the same for networks that are ``isomorphic`` or ``functional``-ly identical.

    For NAS-Bench-101 the hash of isomorphic networks is that of the benchmark.
    """
    return _graf.hash(_as_list(encodings), space, equality)


def spaces():
    """Lists the search spaces: for each its name, summary, operations, encodings and an example, as a dictionary."""
    return _graf.spaces()
