"""Fitted models."""

import json
import os
from typing import NamedTuple

import numpy as np

from . import _graf
from ._encodings import as_list
from ._values import is_nan


class Explanation(NamedTuple):
    """Why a model predicts what it predicts: ``base + contributions.sum(axis=1)`` is the prediction."""

    base: float
    """The prediction where nothing is known of a network, in units of the target."""
    contributions: np.ndarray
    """What each feature adds to it, n × d float64, in units of the target: Shapley values."""
    names: list
    """The names of the d features."""


class Model:
    """A fitted model. :func:`graf.fit` and :func:`graf.load` make one.

    It is what the command ``graf`` reads and writes: a file of either is a file of both.
    """

    __slots__ = ("_model",)

    def __init__(self, model):
        if not isinstance(model, _graf.Model):
            raise TypeError("graf.fit and graf.load make models")
        self._model = model

    @classmethod
    def from_bytes(cls, data):
        """The model whose file has these bytes. Raises ValueError if they are none."""
        return cls(_graf.Model.from_bytes(data))

    def to_bytes(self):
        """The bytes of its file."""
        return self._model.to_bytes()

    def save(self, path):
        """Writes its file, which appears whole or not at all. Raises OSError if it cannot be written."""
        self._model.save(os.fspath(path))

    @property
    def card(self):
        """What the model says of itself, as a dictionary: what ``graf inspect`` prints."""
        return json.loads(self._model.card())

    @property
    def columns(self):
        """The names of the d features that it reads."""
        return self._model.columns

    @property
    def targets(self):
        """The names of what it predicts."""
        return self._model.targets

    @property
    def space(self):
        """The name of its search space; None if it is of any."""
        return self._model.space

    @property
    def predictor(self):
        """The name of its predictor."""
        return self._model.predictor

    @property
    def importances(self):
        """For each feature its share in what was learned, together 1: an array of d float64; None if the predictor has none."""
        shares = self._model.importances
        return None if shares is None else np.asarray(shares)

    def predict(self, encodings, *, target=None, return_std=False, space=None, errors="raise"):
        """Predicts the target for networks.

        Parameters
        ----------
        encodings : sequence of n encodings
            As for :func:`graf.featurize`.
        target : str, optional
            Predict this target only. A model of several targets predicts all of them otherwise.
        return_std : bool
            Whether to return standard deviations too.
        space : str, optional
            The search space, of a model that is of any.
        errors : {"raise", "nan"}
            Whether an encoding that cannot be read raises :class:`graf.EncodingError` or is predicted as NaN.

        Returns
        -------
        mean : array of n float64 (n × t for a model of t targets), in units of the target
        std : only with ``return_std``: an array of the same shape and unit, NaN where nothing is known; or None if the
            predictor has no standard deviations
        """
        mean, std = self._model.predict(as_list(encodings), space, is_nan(errors))
        place = self._place(target, None)
        if place is not None:
            mean, std = mean[:, place], None if std is None else std[:, place]
        return (mean, std) if return_std else mean

    def explain(self, encodings, *, target=None, space=None):
        """Explains the predictions of a target for networks.

        Returns
        -------
        Explanation
            ``base``, ``contributions`` (n × d float64) and ``names``, in units of the target.
        """
        place = self._place(target, "name the target that is to be explained")
        return Explanation(*self._model.explain(as_list(encodings), self.targets[place], space))

    def _place(self, target, needed):
        targets = self._model.targets
        if target is None:
            if len(targets) > 1 and needed:
                raise ValueError(f"the model has several targets ({', '.join(targets)}): {needed}")
            return 0 if len(targets) == 1 else None
        if target not in targets:
            raise ValueError(f"the model has no target {target!r}; it has {', '.join(targets)}")
        return targets.index(target)

    def __reduce__(self):
        return Model.from_bytes, (self.to_bytes(),)

    def __repr__(self):
        space = self.space or "any space"
        return f"<graf.Model: {self.predictor} of {', '.join(self.targets)}, {len(self.columns)} features, {space}>"
