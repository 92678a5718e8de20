"""The package and the binary agree to the last bit."""

import json

import graf
import numpy as np
import pandas as pd
import pytest


@pytest.fixture
def files(tmp_path, train):
    rows = train[["net", "cs_valid_perf"]]
    rows.to_csv(tmp_path / "train.csv", index=False)
    return tmp_path


@pytest.mark.parametrize("use", ["graf", "graf+", "op_count,params", "wl"])
def test_features_are_those_of_the_binary(files, train, graf_binary, use):
    graf_binary("featurize", files / "train.csv", "--use", use, "--keep", "none", "--dtype", "float64", "-o", files / "x.npy")
    graf_binary("featurize", files / "train.csv", "--use", use, "--keep", "none", "-o", files / "x.csv")
    features = graf.featurize(train["net"], use=use)
    expected = np.load(files / "x.npy")
    assert features.values.dtype == np.float64
    assert features.values.tobytes() == expected.tobytes()
    assert features.names == list(pd.read_csv(files / "x.csv", nrows=0).columns)


def test_names_of_the_papers_repository(tmp_path, nb201, graf_binary):
    pd.DataFrame({"net": nb201}).to_csv(tmp_path / "n.csv", index=False)
    arguments = ["--names", "zc-combine", "--keep", "none", "--dtype", "float64"]
    graf_binary("featurize", tmp_path / "n.csv", *arguments, "-o", tmp_path / "x.npy")
    features = graf.featurize(nb201, use="graf", names="zc-combine")
    assert np.array_equal(features.values, np.load(tmp_path / "x.npy"))


@pytest.mark.parametrize(
    "predictor, parameters, flags",
    [
        ("auto", {}, []),
        ("rf", {"trees": 20, "max_features": 0.5}, ["--trees", "20", "--max-features", "0.5"]),
        ("extra-trees", {"trees": 20, "max_features": "sqrt"}, ["--trees", "20", "--max-features", "sqrt"]),
        ("boost", {"rounds": 50, "early_stopping": True}, ["--rounds", "50", "--early-stopping"]),
        ("gp", {}, []),
        ("ridge", {}, []),
        ("elastic-net", {}, []),
    ],
)
def test_a_model_is_that_of_the_binary_byte_for_byte(files, train, graf_binary, predictor, parameters, flags):
    arguments = ["--target", "cs_valid_perf", "--predictor", predictor, "--seed", "7", *flags]
    graf_binary("fit", files / "train.csv", *arguments, "-o", files / "binary.graf")
    model = graf.fit(train["net"], train["cs_valid_perf"], predictor=predictor, seed=7, name="train", **parameters)
    assert model.to_bytes() == (files / "binary.graf").read_bytes()
    model.save(files / "package.graf")
    assert (files / "package.graf").read_bytes() == (files / "binary.graf").read_bytes()
    assert model.card == json.loads(graf_binary("inspect", files / "binary.graf"))


def test_objective_and_features_are_those_of_the_binary(files, train, graf_binary):
    arguments = ["--minimize", "cs_valid_perf", "--use", "graf,params", "--predictor", "ridge"]
    graf_binary("fit", files / "train.csv", *arguments, "-o", files / "binary.graf")
    y = train["cs_valid_perf"]
    model = graf.fit(train["net"], y, objective="minimize", use="graf,params", predictor="ridge", name="train")
    assert model.to_bytes() == (files / "binary.graf").read_bytes()


def test_a_prior_is_that_of_the_binary(files, train, graf_binary):
    prior = graf.fit(train["net"], train["cs_perf"], use="shared", predictor="gp")
    prior.save(files / "prior.graf")
    few = train.head(40)
    few[["net", "cs_valid_perf"]].to_csv(files / "few.csv", index=False)
    arguments = ["--target", "cs_valid_perf", "--prior", files / "prior.graf"]
    graf_binary("fit", files / "few.csv", *arguments, "-o", files / "binary.graf")
    model = graf.fit(few["net"], few["cs_valid_perf"], prior=prior, name="few")
    assert model.to_bytes() == (files / "binary.graf").read_bytes()


def test_predictions_are_those_of_the_binary(files, table, train, graf_binary):
    model = graf.fit(train["net"], train["cs_valid_perf"], name="train")
    model.save(files / "m.graf")
    table[["net"]].to_csv(files / "all.csv", index=False)
    graf_binary("predict", files / "m.graf", files / "all.csv", "-o", files / "p.csv")
    expected = pd.read_csv(files / "p.csv")
    mean, std = graf.load(files / "m.graf").predict(table["net"], return_std=True)
    assert np.array_equal(mean, expected["cs_valid_perf.prediction"])
    assert np.array_equal(std, expected["cs_valid_perf.std"])


def test_a_model_of_numbers_is_that_of_the_binary(tmp_path, graf_binary):
    from graf.sklearn import GrafRegressor

    random = np.random.default_rng(1)
    rows = pd.DataFrame(random.normal(size=(60, 4)), columns=["a", "b", "c", "d"])
    rows["y"] = rows["a"] * 2 + rows["b"]
    rows.to_csv(tmp_path / "memory.csv", index=False)
    arguments = ["--target", "y", "--use", "column:*", "--predictor", "gp"]
    graf_binary("fit", tmp_path / "memory.csv", *arguments, "-o", tmp_path / "binary.graf")
    regressor = GrafRegressor("gp").fit(rows[["a", "b", "c", "d"]], rows["y"])
    assert regressor.model_.to_bytes() == (tmp_path / "binary.graf").read_bytes()


def test_drawn_and_listed_networks_are_those_of_the_binary(graf_binary):
    lines = graf_binary("sample", "--space", "nb101", "-n", "3000", "--seed", "5", "--output-format", "jsonl")
    drawn = [json.loads(line)["net"] for line in lines.decode().splitlines()]
    assert graf.sample("nb101", 3000, seed=5) == drawn
    lines = graf_binary("enumerate", "--space", "nb201", "--unique", "--output-format", "jsonl")
    listed = [json.loads(line)["net"] for line in lines.decode().splitlines()]
    assert graf.enumerate("nb201", unique="isomorphic") == listed
