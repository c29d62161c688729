"""Intervals, percentiles and densities by scipy: test/oracles/advice.json. Run: python test/oracles/advice.py"""

import json

import numpy as np
from scipy import stats

rng = np.random.default_rng(7)
samples = {
    "normal": rng.normal(3, 2, 40),
    "skewed": rng.lognormal(7, 1, 200),
    "ties": rng.integers(0, 6, 300).astype(float),
    "two": np.array([1.0, 4.0]),
}
out = {"intervals": [], "densities": [], "percentiles": []}
for count, total in [(0, 5), (5, 5), (19, 212), (1, 1), (3, 30), (150_000, 300_000), (1, 300_000)]:
    low, high = stats.binomtest(count, total).proportion_ci(method="wilson")
    out["intervals"].append({"count": count, "total": total, "low": low, "high": high})
for name, values in samples.items():
    at = np.linspace(values.min(), values.max(), 9)
    density = stats.gaussian_kde(values)(at)
    out["densities"].append(
        {"name": name, "values": values.tolist(), "at": at.tolist(), "density": density.tolist()}
    )
    for x in [values.min() - 1, values[0], float(np.median(values)), values.max()]:
        percentile = stats.percentileofscore(values, x, kind="mean") / 100
        out["percentiles"].append({"name": name, "x": float(x), "percentile": percentile})
with open("test/oracles/advice.json", "w") as file:
    json.dump(out, file, indent=1)
    file.write("\n")
