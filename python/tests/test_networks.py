"""Networks in: every kind of sequence, and what is refused."""

import graf
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

SPACE = "nasbench201"


@pytest.fixture(scope="module")
def expected(nb201):
    return graf.featurize(nb201, SPACE).values


@pytest.mark.parametrize(
    "make",
    [
        list,
        tuple,
        iter,
        np.array,
        lambda nets: np.array(nets, dtype=object),
        pd.Series,
        lambda nets: pd.Series(nets, dtype=object),
        lambda nets: pd.Series(nets, dtype="category"),
        lambda nets: pd.DataFrame({"net": nets}),
        pl.Series,
        lambda nets: pl.DataFrame({"net": nets}),
        pa.array,
        lambda nets: pa.array(nets, pa.large_string()),
        lambda nets: pa.chunked_array([nets[:900], nets[900:]]),
        lambda nets: pa.table({"net": nets}),
        lambda nets: [tuple(map(int, net[1:-1].split(", "))) for net in nets],
        lambda nets: np.array([list(map(int, net[1:-1].split(", "))) for net in nets]),
    ],
)
def test_every_kind_of_sequence(nb201, expected, make):
    assert np.array_equal(graf.featurize(make(nb201), SPACE).values, expected)


def test_an_arrow_capsule(nb201, expected):
    class Stream:
        def __init__(self, array):
            self.array = array

        def __arrow_c_stream__(self, requested_schema=None):
            return pa.chunked_array([self.array]).__arrow_c_stream__(requested_schema)

    assert np.array_equal(graf.featurize(Stream(pa.array(nb201)), SPACE).values, expected)


def test_columns_that_hold_an_encoding_in_parts(table):
    rows = table[["link", "ops"]].head(50)
    expected = graf.featurize(table["net"].head(50), "nasbench-graph").values
    assert np.array_equal(graf.featurize(rows, "nasbench-graph").values, expected)
    assert np.array_equal(graf.featurize(pl.from_pandas(rows), "nasbench-graph").values, expected)


def test_a_dictionary_is_an_encoding():
    matrix = [[0, 1, 1], [0, 0, 1], [0, 0, 0]]
    cell = {"module_adjacency": np.array(matrix), "module_operations": ["input", "conv3x3-bn-relu", "output"]}
    assert graf.featurize([cell], "nasbench101").values.shape[0] == 1


@pytest.mark.parametrize("output, kind", [("pandas", pd.DataFrame), ("polars", pl.DataFrame), ("arrow", pa.Table)])
def test_tables_out(nb201, expected, output, kind):
    features = graf.featurize(nb201, SPACE, output=output)
    assert isinstance(features, kind)
    names = features.column_names if output == "arrow" else list(features.columns)
    assert names == graf.featurize(nb201[:1], SPACE).names
    assert np.array_equal(np.asarray(features.to_pandas() if output != "pandas" else features), expected)


def test_the_space_is_inferred_or_asked_for():
    assert graf.featurize(["(4, 0, 3, 1, 4, 3)"]).names == graf.featurize(["(4, 0, 3, 1, 4, 3)"], "nb201").names
    with pytest.raises(ValueError, match="fit nasbench201"):
        graf.featurize(["(0, 1, 2, 3, 0, 1)"])


def test_no_network_is_no_row():
    features = graf.featurize([], SPACE)
    assert features.values.shape == (0, len(features.names))


BROKEN = ["(1, 2", "", "(9, 9, 9, 9, 9, 9)", "x" * 10_000_000, "\0", None, float("nan"), pd.NA, True, object(), b"(1)", "\ud800"]


@pytest.mark.parametrize("broken", BROKEN, ids=range(len(BROKEN)))
@pytest.mark.parametrize("place", [2, 1500])
def test_a_broken_encoding_is_named_by_its_index(nb201, broken, place):
    encodings = [*nb201[:place], broken, *nb201[place:], "also broken"]
    with pytest.raises(graf.EncodingError, match=f"encoding {place}") as caught:
        graf.featurize(encodings, SPACE)
    assert caught.value.index == place
    assert len(str(caught.value)) < 1000


@pytest.mark.parametrize("place", [2, 1500])
@pytest.mark.parametrize("broken", ["(1, 2", None, float("nan")])
def test_broken_encodings_become_nan(nb201, expected, place, broken):
    encodings = [*nb201[:place], broken, *nb201[place:]]
    values = graf.featurize(encodings, SPACE, errors="nan").values
    assert np.isnan(values[place]).all()
    assert np.array_equal(np.delete(values, place, axis=0), expected)


@pytest.mark.parametrize(
    "arguments, error",
    [
        ({"encodings": "(4, 0, 3, 1, 4, 3)"}, TypeError),
        ({"encodings": {"a": 1}}, TypeError),
        ({"encodings": 3}, TypeError),
        ({"space": "nasbench2001"}, ValueError),
        ({"use": "no_family"}, ValueError),
        ({"use": "proxies"}, ValueError),
        ({"use": ""}, ValueError),
        ({"use": [1]}, TypeError),
        ({"names": "pretty"}, ValueError),
        ({"errors": "ignore"}, ValueError),
        ({"output": "excel"}, ValueError),
    ],
)
def test_what_is_refused(arguments, error):
    with pytest.raises(error):
        graf.featurize(**{"encodings": ["(4, 0, 3, 1, 4, 3)"], "space": SPACE, **arguments})


def test_convert_and_hash(nb201):
    texts = graf.convert(nb201, "string", space=SPACE)
    assert texts[0].startswith("|")
    assert graf.convert(texts, "tuple", space=SPACE) == nb201
    assert graf.hash(texts, space=SPACE) == graf.hash(nb201, space=SPACE)
    assert len(set(graf.hash(graf.enumerate(SPACE), space=SPACE))) == 8765
    assert len(set(graf.hash(graf.enumerate(SPACE), space=SPACE, equality="functional"))) == 4930
    with pytest.raises(graf.EncodingError, match="encoding 1") as caught:
        graf.hash(["(4, 0, 3, 1, 4, 3)", "(4"], space=SPACE)
    assert caught.value.index == 1
    with pytest.raises(ValueError, match="isomorphic"):
        graf.hash([], space=SPACE, equality="same")


def test_shards_are_the_sample_whatever_their_number():
    whole = graf.sample("nasbench301", 5000, seed=2)
    for of in (2, 3):
        parts = [graf.sample("nasbench301", 5000, seed=2, shard=f"{i}/{of}") for i in range(1, of + 1)]
        assert sorted(sum(parts, [])) == sorted(whole)
    with pytest.raises(ValueError, match="i/n"):
        graf.sample("nasbench301", 10, shard="3/2")


def test_spaces():
    spaces = graf.spaces()
    assert [space["name"] for space in spaces][:2] == ["nasbench101", "nasbench201"]
    for space in spaces:
        assert graf.featurize([space["example"]], space["name"]).values.shape[0] == 1
