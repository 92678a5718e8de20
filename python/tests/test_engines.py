"""Ray and Spark find the rows that one process finds. Skipped where they are not installed."""

import os
import sys

import graf
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest


@pytest.fixture(scope="module")
def ranked(tmp_path_factory, train):
    """A model, 10,000 networks in a file, and the best 20 predictions."""
    folder = tmp_path_factory.mktemp("engines")
    model = graf.fit(train["net"], train["cs_valid_perf"], predictor="gp")
    model.save(folder / "m.graf")
    nets = graf.sample("nasbench-graph", 10_000, seed=3)
    pq.write_table(pa.table({"net": nets}), folder / "nets.parquet")
    return folder, np.sort(model.predict(nets))[::-1][:20]


def test_the_classes_without_an_engine(ranked):
    from graf.ray import Rank
    from graf.spark import rank, schema

    folder, best = ranked
    table = pq.read_table(folder / "nets.parquet")
    one = Rank(str(folder / "m.graf"))(table)
    assert one.column_names == ["net", "prediction", "std"]
    other = pa.Table.from_batches(rank(str(folder / "m.graf"))(iter(table.to_batches(max_chunksize=3000))))
    assert other.column_names == one.column_names and schema() == "`net` string, prediction double, std double"
    for found in (one, other):
        assert np.array_equal(np.sort(found["prediction"].to_numpy())[::-1][:20], best)


def test_ray(ranked):
    ray = pytest.importorskip("ray")
    import ray.data
    from graf.ray import Rank

    folder, best = ranked
    ray.init(num_cpus=2, include_dashboard=False, logging_level="ERROR", object_store_memory=1 << 28)
    try:
        found = ray.data.read_parquet(str(folder / "nets.parquet")).map_batches(
            Rank,
            fn_constructor_args=(str(folder / "m.graf"),),
            batch_format="pyarrow",
            batch_size=4096,
            compute=ray.data.ActorPoolStrategy(size=2),
            num_cpus=0.5,
        )
        rows = found.sort("prediction", descending=True).take(20)
    finally:
        ray.shutdown()
    assert [row["prediction"] for row in rows] == best.tolist()


def test_spark(ranked, monkeypatch):
    sql = pytest.importorskip("pyspark.sql")
    from graf.spark import rank, schema

    folder, best = ranked
    monkeypatch.setenv("PYSPARK_PYTHON", sys.executable)
    builder = sql.SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false")
    spark = builder.config("spark.driver.bindAddress", "127.0.0.1").getOrCreate()
    try:
        nets = spark.read.parquet(str(folder / "nets.parquet"))
        rows = nets.mapInArrow(rank(str(folder / "m.graf")), schema()).orderBy("prediction", ascending=False).limit(20).collect()
    finally:
        spark.stop()
    assert [row["prediction"] for row in rows] == best.tolist()
