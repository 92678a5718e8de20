"""The estimators are citizens of scikit-learn."""

import pickle

import graf
import numpy as np
import pandas as pd
import pytest
from graf.sklearn import GrafFeatures, GrafRegressor
from scipy.stats import kendalltau
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.metrics import make_scorer
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.utils.estimator_checks import check_estimator

# Few trees, so that the checks take seconds.
PREDICTORS = {
    "auto": {},
    "boost": {"rounds": 30},
    "gp": {},
    "forest": {"trees": 10},
    "extra-trees": {"trees": 10},
    "ridge": {},
    "elastic-net": {},
}


def test_every_predictor_is_checked():
    assert list(PREDICTORS) == list(graf.PREDICTORS)


@pytest.mark.parametrize("predictor", PREDICTORS)
def test_the_regressor_passes_the_checks(predictor):
    checks = check_estimator(GrafRegressor(predictor, PREDICTORS[predictor]), on_fail=None)
    failed = [(one["check_name"], repr(one["exception"])) for one in checks if one["status"] == "failed"]
    assert len(checks) > 40 and failed == []


def test_the_transformer_passes_the_checks():
    checks = check_estimator(GrafFeatures(space="nasbench201"), on_fail=None)
    failed = [(one["check_name"], repr(one["exception"])) for one in checks if one["status"] == "failed"]
    assert checks and failed == []


@pytest.fixture
def pipeline():
    return make_pipeline(GrafFeatures(), GrafRegressor("forest", {"trees": 20}))


def test_a_pipeline(pipeline, train, table):
    pipeline.fit(train["net"], train["cs_valid_perf"])
    nets = table["net"].iloc[:200]
    predicted = pipeline.predict(nets)
    assert predicted.shape == (200,)
    assert np.array_equal(pickle.loads(pickle.dumps(pipeline)).predict(nets), predicted)
    assert np.array_equal(clone(pipeline).fit(train["net"], train["cs_valid_perf"]).predict(nets), predicted)
    expected = graf.fit(train["net"], train["cs_valid_perf"], predictor="forest", trees=20).predict(nets)
    assert np.array_equal(predicted, expected)


def test_searches_and_cross_validation(pipeline, train):
    tau = make_scorer(lambda truth, predicted: kendalltau(truth, predicted)[0])
    grid = {"graffeatures__use": ["graf", "graf+", ["op_count"]], "grafregressor__predictor": ["forest", "extra-trees"]}
    search = GridSearchCV(pipeline, grid, scoring=tau, cv=3).fit(train["net"], train["cs_valid_perf"])
    assert search.best_score_ > 0.3
    scores = cross_val_score(pipeline, train["net"], train["cs_valid_perf"], scoring=tau, cv=3, n_jobs=2)
    assert (scores > 0.2).all()


@pytest.mark.parametrize(
    "shape",
    [list, np.array, lambda nets: np.array(nets, dtype=object)[:, None], pd.Series, lambda nets: pd.DataFrame({"n": nets})],
)
def test_the_transformer_takes_one_column(nb201, shape):
    features = GrafFeatures("nasbench201").fit(shape(nb201))
    values = features.transform(shape(nb201[:10]))
    expected = graf.featurize(nb201[:10], "nasbench201")
    assert np.array_equal(values, expected.values)
    assert features.get_feature_names_out().tolist() == expected.names


def test_the_transformer_keeps_the_columns_that_it_has_learned(nb201):
    features = GrafFeatures("nasbench201", use="wl").fit(nb201[:5])
    assert features.transform(nb201).shape == (len(nb201), len(features.get_feature_names_out()))


def test_set_output(nb201):
    frame = GrafFeatures("nasbench201").set_output(transform="pandas").fit_transform(pd.Series(nb201[:10]))
    assert isinstance(frame, pd.DataFrame) and list(frame.columns) == graf.featurize(nb201[:1], "nasbench201").names
    regressor = GrafRegressor("ridge").fit(frame, np.arange(10.0))
    assert regressor.model_.columns == list(frame.columns)


def test_what_the_transformer_refuses(nb201):
    with pytest.raises(NotFittedError):
        GrafFeatures("nasbench201").transform(nb201)
    with pytest.raises(ValueError, match="one, of encodings"):
        GrafFeatures("nasbench201").fit(np.array([nb201[:2], nb201[:2]]))
    with pytest.raises(graf.EncodingError):
        GrafFeatures("nasbench201").fit(nb201).transform(["x"])
    values = GrafFeatures("nasbench201", errors="nan").fit(nb201).transform(["x"])
    assert np.isnan(values).all()


def test_the_regressor(train):
    X, y = graf.featurize(train["net"]).values, train["cs_valid_perf"]
    mean, std = GrafRegressor("forest", {"trees": 20}).fit(X, y).predict(X, return_std=True)
    assert mean.shape == std.shape and (std > 0).all()
    assert GrafRegressor("ridge").fit(X, y).predict(X, return_std=True)[1] is None
    both = np.column_stack([y, -y])
    assert GrafRegressor("forest", {"trees": 20}).fit(X, both).predict(X).shape == both.shape
    importances = GrafRegressor("forest", {"trees": 20}).fit(X, y).feature_importances_
    assert importances.shape == (X.shape[1],) and importances.sum() == pytest.approx(1)
    drawn = GrafRegressor("forest", {"trees": 5}, random_state=np.random.RandomState(3)).fit(X, y)
    assert drawn.model_.card["seed"] == np.random.RandomState(3).randint(2**31)


@pytest.mark.parametrize("wrong", [np.nan, np.inf])
def test_what_the_regressor_refuses(wrong):
    X = np.random.default_rng(0).normal(size=(30, 3))
    fitted = GrafRegressor("ridge").fit(X, X[:, 0])
    for predict in (fitted.predict, fitted.model_._model.predict_numbers):
        with pytest.raises(ValueError):
            predict(np.where(X == X[4, 1], wrong, X))
        with pytest.raises(ValueError, match="features"):
            predict(X[:, :2])
    with pytest.raises(ValueError):
        GrafRegressor("ridge").fit(X, np.where(X[:, 0] == X[4, 0], wrong, X[:, 0]))
