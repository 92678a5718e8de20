"""Fits a predictor on 200 of the bundled networks and ranks the other 26,006.

    python python/examples/rank.py

Needs pandas. Runs in a few seconds.
"""

from pathlib import Path

import graf
import pandas as pd

DATA = Path(__file__).resolve().parents[2] / "data" / "nas-bench-graph" / "nas-bench-graph.csv.gz"

table = pd.read_csv(DATA, dtype={"link": str})
table["net"] = table["link"] + ":" + table["ops"]
is_trained = pd.Series(range(len(table))) % 131 == 129
train, others = table[is_trained], table[~is_trained]
print(f"{len(train)} networks are trained, {len(others)} are not")

model = graf.fit(train["net"], train["cs_valid_perf"], objective="maximize")
print(model)
print("held out:", model.card["held_out"])

mean, std = model.predict(others["net"], return_std=True)
scores = graf.metrics(others["cs_valid_perf"], mean, ["kendall_tau", "spearman", "regret@5"], objective="maximize")
print("on the others:", {name: round(value, 4) for name, value in scores.items()})

best = others.assign(prediction=mean, std=std).nlargest(5, "prediction")
print(best[["net", "cs_valid_perf", "prediction", "std"]].to_string(index=False))

why = model.explain(best["net"].head(1))
largest = pd.Series(why.contributions[0], why.names).sort_values(key=abs, ascending=False).head(5)
print(f"the first: {why.base:.4f}, and")
print(largest.map("{:+.4f}".format).to_string())
