"""Models in memory: fit, predict, explain, save; compare, suggest, rank, metrics."""

import pickle

import graf
import numpy as np
import pandas as pd
import polars as pl
import pytest
from scipy import stats


@pytest.fixture(scope="module")
def model(train):
    return graf.fit(train["net"], train["cs_valid_perf"], objective="maximize")


def test_predictions(model, table, train):
    nets = table["net"].iloc[:3000]
    mean, std = model.predict(nets, return_std=True)
    assert mean.shape == std.shape == (3000,)
    assert (std > 0).all()
    assert np.array_equal(model.predict(nets), mean)
    assert np.array_equal(model.predict(nets, target="cs_valid_perf"), mean)
    assert stats.kendalltau(mean, table["cs_valid_perf"].iloc[:3000], nan_policy="omit")[0] > 0.4
    assert model.predict([]).shape == (0,)
    assert graf.fit(train["net"], train["cs_valid_perf"], predictor="ridge").predict(nets[:3], return_std=True)[1] is None


def test_what_a_model_says_of_itself(model):
    assert model.space == "nasbench-graph" and model.predictor == "auto" and model.targets == ["cs_valid_perf"]
    assert len(model.columns) == len(model.importances) == model.card["columns"].__len__()
    assert model.importances.sum() == pytest.approx(1)
    assert model.card["directions"] == ["maximize"]
    assert "auto of cs_valid_perf" in repr(model)


def test_contributions_add_up(model, table):
    nets = table["net"].iloc[:20]
    why = model.explain(nets)
    assert why.contributions.shape == (20, len(why.names))
    assert why.base + why.contributions.sum(axis=1) == pytest.approx(model.predict(nets), abs=1e-9)


def test_a_model_is_pickled_and_saved(model, table, tmp_path):
    nets = table["net"].iloc[:10]
    again = pickle.loads(pickle.dumps(model))
    assert np.array_equal(again.predict(nets), model.predict(nets))
    model.save(tmp_path / "m.graf")
    assert graf.load(tmp_path / "m.graf").to_bytes() == model.to_bytes()
    with pytest.raises(OSError, match="nothing.graf"):
        graf.load(tmp_path / "nothing.graf")
    with pytest.raises(OSError):
        model.save(tmp_path / "no" / "such" / "folder.graf")
    with pytest.raises(ValueError, match="damaged"):
        graf.Model.from_bytes(model.to_bytes()[:-9])
    with pytest.raises(ValueError, match="not a graf model"):
        graf.Model.from_bytes(b"something else")
    with pytest.raises(TypeError):
        graf.Model(3)


def test_broken_encodings(model, table):
    nets = table["net"].iloc[:3000].tolist()
    nets[1500] = "broken"
    with pytest.raises(graf.EncodingError) as caught:
        model.predict(nets)
    assert caught.value.index == 1500
    mean, std = model.predict(nets, return_std=True, errors="nan")
    assert np.isnan(mean[1500]) and np.isnan(std[1500]) and np.isfinite(np.delete(mean, 1500)).all()


def test_the_index_counts_all_encodings(model, table):
    nets = table["net"].tolist()
    nets[20_000] = "broken"
    with pytest.raises(graf.EncodingError, match="encoding 20000"):
        model.predict(nets)


@pytest.mark.parametrize(
    "arguments, error",
    [
        ({"y": [1.0, 2.0]}, "200 encodings, but y has 2 values"),
        ({"y": np.full(200, np.nan)}, "row 0"),
        ({"y": [*range(100), np.inf, *range(99)]}, "row 100"),
        ({"y": np.zeros((200, 2))}, "one dimension"),
        ({"encodings": [], "y": []}, "space"),
        ({"encodings": [], "y": [], "space": "nasbench-graph"}, "0 rows"),
        ({"predictor": "xgboost"}, "predictor"),
        ({"trees": 10}, "no parameter trees"),
        ({"predictor": "forest", "trees": 0}, "trees"),
        ({"objective": "up"}, "objective"),
        ({"use": "column:a"}, "column:a"),
        ({"y": np.full(200, 1e200)}, "1e200"),
    ],
)
def test_what_fit_refuses(train, arguments, error):
    given = {"encodings": train["net"], "y": train["cs_valid_perf"], **arguments}
    with pytest.raises(ValueError, match=error):
        graf.fit(given.pop("encodings"), given.pop("y"), **given)


def test_a_broken_encoding_in_fit(train):
    nets = train["net"].tolist()
    nets[7] = "x"
    with pytest.raises(graf.EncodingError) as caught:
        graf.fit(nets, train["cs_valid_perf"], space="nasbench-graph")
    assert caught.value.index == 7


def test_a_model_of_any_space(train):
    model = graf.fit(train["net"], train["cs_valid_perf"], use="shared", predictor="gp")
    assert model.predict(["(4, 0, 3, 1, 4, 3)"]).shape == (1,)
    assert model.predict(["(0, 1, 2, 3, 0, 1)"], space="nb201").shape == (1,)


def test_compare(train):
    frame = graf.compare(
        train["net"],
        train["cs_valid_perf"],
        features={"paper": "graf", "counts": "op_count"},
        predictors={"forest": {"trees": 10}, "ridge": {}},
        train_sizes=[32],
        metrics="tau",
        repeats=3,
    )
    assert list(frame.columns)[:4] == ["features", "predictor", "train_size", "metric"]
    assert len(frame) == 4 and (frame["runs"] == 3).all() and (frame["metric"] == "kendall_tau").all()
    assert set(frame["features"]) == {"paper", "counts"}
    again = graf.compare(train["net"], train["cs_valid_perf"], predictors="ridge", train_sizes=[32], repeats=2, output="polars")
    assert isinstance(again, pl.DataFrame)


def test_suggest(model, table, train):
    nets = table["net"].iloc[:500]
    chosen = graf.suggest(nets, 5, model=model)
    assert len(set(chosen.indices)) == 5 and np.isfinite(chosen.scores).all()
    known = train["net"].tolist()
    assert not set(nets.iloc[chosen.indices]) & set(known)
    diverse = graf.suggest(nets, 5, known=known)
    assert len(diverse.indices) == 5
    with pytest.raises(ValueError, match="strategy"):
        graf.suggest(nets, 5, strategy="best")
    with pytest.raises(ValueError):
        graf.suggest(nets, 501)


def test_rank():
    random = np.random.default_rng(0)
    truth = random.normal(size=300)
    columns = pd.DataFrame({"synflow": truth + random.normal(size=300), "loss": -truth})
    ranking = graf.rank(columns, truth, target="accuracy", minimize="loss")
    table = ranking.columns.set_index("column")
    assert table.loc["loss", "kendall_tau"] == -1.0
    assert table.loc["loss", "known"] == "stated" and table.loc["synflow", "known"] == "published"
    assert table.loc["synflow", "kendall_tau"] == pytest.approx(stats.kendalltau(columns["synflow"], truth)[0])
    assert list(ranking.aggregates.columns) == ["log-rank", "mean-rank", "borda", "vote"]
    assert len(ranking.aggregates) == 300
    assert "kendall_tau" not in graf.rank(columns, minimize="loss").columns
    with pytest.raises(ValueError, match="row 3"):
        graf.rank({"a": [1, 2, 3, np.nan]})
    with pytest.raises(ValueError, match="rows"):
        graf.rank({"a": [1, 2], "b": [1, 2, 3]})


def test_metrics():
    random = np.random.default_rng(0)
    truth = random.normal(size=100)
    prediction = truth + random.normal(size=100)
    values = graf.metrics(truth, prediction)
    assert values["kendall_tau"] == pytest.approx(stats.kendalltau(truth, prediction)[0], abs=1e-12)
    assert "precision@10" not in values
    assert "precision@10" in graf.metrics(truth, prediction, objective="maximize")
    assert graf.metrics(truth, prediction, ["regret@5"], objective="minimize").keys() == {"regret@5"}
    for wrong in ([1.0, np.nan], [1.0], []):
        with pytest.raises(ValueError):
            graf.metrics([1.0, 2.0], wrong)
    with pytest.raises(ValueError, match="not stated"):
        graf.metrics(truth, prediction, ["precision@5"])
