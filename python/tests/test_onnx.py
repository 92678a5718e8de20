"""ONNX files compute what the model predicts."""

import json

import graf
import numpy as np
import pandas as pd
import pytest

onnxruntime = pytest.importorskip("onnxruntime")


def session(path):
    return onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])


def agree(graf_binary, folder, model, columns, values, mean, std, of_std=1e-9):
    """Exports a model, and compares what the file computes of some rows."""
    model.save(folder / "m.graf")
    graf_binary("export", folder / "m.graf", "-o", folder / "m.onnx")
    onnx = session(folder / "m.onnx")
    about = onnx.get_modelmeta().custom_metadata_map
    assert json.loads(about["features"]) == columns
    assert json.loads(about["targets"]) == model.targets
    names = [output.name for output in onnx.get_outputs()]
    found = dict(zip(names, onnx.run(names, {"features": values})))
    # In units of the target, or relative where these are large.
    np.testing.assert_allclose(found["prediction"], mean, rtol=1e-9, atol=1e-9)
    if std is None:
        assert names == ["prediction"]
    else:
        np.testing.assert_allclose(found["std"], std, rtol=of_std, atol=1e-9)


@pytest.fixture(scope="module")
def candidates(table):
    return table["net"].iloc[::7]


@pytest.mark.parametrize(
    "predictor, parameters",
    [("auto", {}), ("forest", {}), ("extra-trees", {"trees": 30}), ("boost", {}), ("gp", {}), ("ridge", {}), ("elastic-net", {})],
)
def test_every_predictor(tmp_path, graf_binary, train, candidates, predictor, parameters):
    model = graf.fit(train["net"], train["cs_valid_perf"], predictor=predictor, **parameters)
    features = graf.featurize(candidates, output="pandas")[model.columns]
    mean, std = model.predict(candidates, return_std=True)
    agree(
        graf_binary, tmp_path, model, model.columns, features.to_numpy(), mean[:, None], None if std is None else std[:, None]
    )


@pytest.mark.parametrize("rows", [12, 60])
def test_a_model_with_a_prior(tmp_path, graf_binary, train, candidates, rows):
    prior = graf.fit(train["net"], train["cs_perf"], use="shared", predictor="gp")
    few = train.head(rows)
    model = graf.fit(few["net"], few["cs_valid_perf"], prior=prior)
    features = graf.featurize(candidates, use="graf+,shared", output="pandas")[model.columns]
    mean, std = model.predict(candidates, return_std=True)
    agree(graf_binary, tmp_path, model, model.columns, features.to_numpy(), mean[:, None], std[:, None])


def test_a_mean_of_benchmarks(tmp_path, graf_binary, train):
    for name in ("cs_valid_perf", "cora_valid_perf"):
        train[["net", name]].dropna().to_csv(tmp_path / f"{name}.csv", index=False)
    listed = "".join(
        f'[[benchmark]]\nname = "{name}"\ninputs = ["{name}.csv"]\ntarget = "{name}"\n' for name in ("cs_valid_perf", "cora_valid_perf")
    )
    (tmp_path / "b.toml").write_text(listed)
    graf_binary("fit", "--benchmarks", tmp_path / "b.toml", "-o", tmp_path / "b.graf", cwd=tmp_path)
    model = graf.load(tmp_path / "b.graf")
    features = graf.featurize(train["net"], use="shared", output="pandas")[model.columns]
    mean, std = model.predict(train["net"], return_std=True, space="nasbench-graph")
    agree(graf_binary, tmp_path, model, model.columns, features.to_numpy(), mean[:, None], std[:, None])


def test_several_targets_and_extremes(tmp_path, graf_binary):
    from graf.sklearn import GrafRegressor

    random = np.random.default_rng(3)
    X = random.normal(size=(80, 5)) * [1, 1e6, 1e-6, 1, 0]
    y = np.column_stack([X[:, 0] + X[:, 3], 1e3 * np.exp(X[:, 3]), np.full(80, 7.0)])
    far = np.concatenate([X, 100 * X, -X])
    for predictor in ("auto", "forest", "boost", "gp", "ridge"):
        regressor = GrafRegressor(predictor).fit(X, y)
        model = regressor.model_
        mean, std = regressor.predict(far, return_std=True)
        # How little a Gaussian process without noise does not know is a small difference of large numbers.
        agree(graf_binary, tmp_path, model, model.columns, far, mean, std, of_std=1e-8)


def test_what_is_missing_is_the_median(tmp_path, graf_binary):
    random = np.random.default_rng(3)
    rows = pd.DataFrame(random.normal(size=(60, 2)), columns=["synflow", "b"])
    rows["y"] = rows["synflow"] + rows["b"]
    rows.loc[3, "synflow"] = -1e8
    rows.loc[5, "b"] = np.nan
    rows.to_csv(tmp_path / "t.csv", index=False)
    arguments = ["--target", "y", "--use", "proxies,column:b", "--missing", "median", "--predictor", "ridge"]
    graf_binary("fit", tmp_path / "t.csv", *arguments, "-o", tmp_path / "m.graf")
    graf_binary("predict", tmp_path / "m.graf", tmp_path / "t.csv", "-o", tmp_path / "p.csv")
    graf_binary("export", tmp_path / "m.graf", "-o", tmp_path / "m.onnx")
    [found] = session(tmp_path / "m.onnx").run(None, {"features": rows[["synflow", "b"]].to_numpy()})
    expected = pd.read_csv(tmp_path / "p.csv")["y.prediction"]
    assert np.abs(found[:, 0] - expected).max() < 1e-9
