"""Estimators for scikit-learn: features of encodings, and graf's predictors on numbers.

>>> from sklearn.pipeline import make_pipeline
>>> from graf.sklearn import GrafFeatures, GrafRegressor
>>> pipeline = make_pipeline(GrafFeatures("nasbench201"), GrafRegressor("forest"))
"""

import numbers

import numpy as np
from sklearn.base import BaseEstimator, RegressorMixin, TransformerMixin
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted, validate_data

from . import _graf
from ._encodings import as_list
from ._model import Model
from ._values import is_nan, parameters, words

__all__ = ["GrafFeatures", "GrafRegressor"]

# A predictor needs as many rows.
_LEAST_ROWS = 3


class GrafFeatures(TransformerMixin, BaseEstimator):
    """Turns encodings of networks into features.

    Parameters
    ----------
    space : str, optional
        The search space, a name or a .toml file; inferred from the encodings that it is fitted to if it is None.
    use : str or sequence of str
        Groups of features: ``graf+``, ``graf``, or families such as ``op_count``.
    names : {"readable", "zc-combine"}
        The names of the features.
    errors : {"raise", "nan"}
        Whether an encoding that cannot be read raises :class:`graf.EncodingError` or has NaN as its features.

    Attributes
    ----------
    space_ : str
        The search space.
    feature_names_ : list of d str
        The names of the features.
    """

    def __init__(self, space=None, use="graf+", names="readable", errors="raise"):
        self.space = space
        self.use = use
        self.names = names
        self.errors = errors

    def fit(self, X, y=None):
        """Learns the names of the features from n encodings: a sequence, or a data frame of one column."""
        encodings = _column(X)
        if not encodings:
            raise ValueError("Found array with 0 sample(s) while a minimum of 1 is required by GrafFeatures.")
        is_nan(self.errors)
        uses = words(self.use, "use")
        self.space_ = self.space if self.space is not None else _graf.infer(encodings)
        self.learned_ = _graf.labels(encodings, self.space_, uses)
        self.feature_names_ = _graf.featurize([], self.space_, uses, self.names, False, self.learned_)[1]
        return self

    def transform(self, X):
        """The features of n encodings: n × d float64."""
        check_is_fitted(self, "feature_names_")
        uses = words(self.use, "use")
        nan = is_nan(self.errors)
        values, _ = _graf.featurize(_column(X), self.space_, uses, self.names, nan, self.learned_)
        return values

    def get_feature_names_out(self, input_features=None):
        """The names of the d features."""
        check_is_fitted(self, "feature_names_")
        return np.asarray(self.feature_names_, dtype=object)

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.string = True
        tags.input_tags.one_d_array = True
        tags.input_tags.two_d_array = False
        tags.input_tags.allow_nan = self.errors == "nan"
        return tags


class GrafRegressor(RegressorMixin, BaseEstimator):
    """Any of graf's predictors, on numbers.

    Parameters
    ----------
    predictor : str
        One of :data:`graf.PREDICTORS`.
    parameters : dict, optional
        Of the predictor, such as ``{"trees": 300}``.
    random_state : int, RandomState instance or None
        The seed. The same one gives the same model.

    Attributes
    ----------
    model_ : graf.Model
        The model, of columns called as those of X.
    n_features_in_ : int
        The number of columns.
    feature_importances_ : array of n_features_in_ float64
        For each column its share in what was learned, of a predictor that has importances.
    """

    def __init__(self, predictor="auto", parameters=None, random_state=0):
        self.predictor = predictor
        self.parameters = parameters
        self.random_state = random_state

    def fit(self, X, y):
        """Fits to X, n × d finite numbers, and y, n finite numbers or n × t."""
        X, y = validate_data(
            self, X, y, multi_output=True, y_numeric=True, dtype=np.float64, ensure_min_samples=_LEAST_ROWS
        )
        y = np.asarray(y, dtype=np.float64)
        self._is_flat = y.ndim == 1
        names = getattr(self, "feature_names_in_", None)
        columns = [f"x{place}" for place in range(X.shape[1])] if names is None else [str(name) for name in names]
        targets = y.reshape(len(y), -1)
        named = ["y"] if targets.shape[1] == 1 else [f"y{place}" for place in range(targets.shape[1])]
        fitted = _graf.fit_numbers(
            X, targets, columns, named, self.predictor, parameters(self.parameters or {}), self._seed()
        )
        self.model_ = Model(fitted)
        return self

    def predict(self, X, return_std=False):
        """Predicts n numbers (n × t of t targets) of X, n × d finite numbers.

        With ``return_std`` also their standard deviations, of the same shape, or None if the predictor has none.
        """
        check_is_fitted(self, "model_")
        X = validate_data(self, X, reset=False, dtype=np.float64)
        mean, std = self.model_._model.predict_numbers(X)
        if self._is_flat:
            mean, std = mean[:, 0], None if std is None else std[:, 0]
        return (mean, std) if return_std else mean

    @property
    def feature_importances_(self):
        check_is_fitted(self, "model_")
        shares = self.model_.importances
        if shares is None:
            raise AttributeError(f"the predictor {self.predictor} has no importances")
        return shares

    def _seed(self):
        if isinstance(self.random_state, numbers.Integral):
            return int(self.random_state)
        return int(check_random_state(self.random_state).randint(2**31))

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.target_tags.multi_output = True
        return tags


def _column(X):
    """The encodings of a sequence, or of an array or data frame of one column."""
    if getattr(X, "ndim", 1) == 2:
        if X.shape[1] != 1:
            raise ValueError(f"X has {X.shape[1]} columns, but must have one, of encodings")
        X = X[list(X.columns)[0]] if hasattr(X, "columns") else X[:, 0]
    return as_list(X)
