"""Vectors of what the page of tables computes: exact correlations (pandas' own are off by up to 5e-9 here: numbers
of 1e9 with a spread of 1), scipy's order of leaves.

Run:  pip install -r requirements.txt && python data.py     (writes data.json beside this file)
"""

import json
from fractions import Fraction
from math import isqrt
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.cluster.hierarchy import leaves_list, linkage
from scipy.spatial.distance import squareform

HERE = Path(__file__).parent
ROWS = 60


def table():
    random = np.random.default_rng(19)
    base = random.normal(size=(ROWS, 4))
    frame = pd.DataFrame(
        {
            "a": base[:, 0],
            "b": 1e9 + base[:, 0] + 0.3 * base[:, 1],
            "c": np.round(base[:, 1]),
            "d": -base[:, 1] + 0.1 * base[:, 2],
            "e": base[:, 2],
            "constant": 7.0,
            "f": np.exp(3 * base[:, 3]),
            "g": base[:, 3] + base[:, 0],
        }
    )
    for name, share in (("b", 0.2), ("d", 0.5), ("g", 0.8)):
        frame.loc[random.random(ROWS) < share, name] = np.nan
    return frame


def exact(frame, a, b):
    """Pearson's r of the rows that have both, in fractions; NaN where one of them does not vary."""
    there = frame[a].notna() & frame[b].notna()
    x, y = ([Fraction(v) for v in frame.loc[there, name]] for name in (a, b))
    if len(x) < 3:
        return np.nan
    mean = lambda v: sum(v) / len(v)
    mx, my = mean(x), mean(y)
    together = sum((p - mx) * (q - my) for p, q in zip(x, y))
    square = sum((p - mx) ** 2 for p in x) * sum((q - my) ** 2 for q in y)
    if square == 0:
        return np.nan
    ratio = together * together / square
    root = Fraction(isqrt(ratio.numerator * 10**60 // ratio.denominator), 10**30)
    return float(root if together > 0 else -root)


def main():
    frame = table()
    r = pd.DataFrame({b: {a: exact(frame, a, b) for a in frame} for b in frame})
    # pandas has a coefficient of 1 between two rows; three are the fewest that say anything.
    assert (r - frame.corr()).abs().max().max() < 1e-8
    distances = 1 - r.abs().fillna(0).to_numpy()
    np.fill_diagonal(distances, 0)
    random = np.random.default_rng(20)
    # Whole numbers tie.
    tied = random.integers(1, 6, size=(12, 12)).astype(float)
    tied = np.triu(tied, 1) + np.triu(tied, 1).T
    large = random.random((90, 90))
    large = np.triu(large, 1) + np.triu(large, 1).T
    order = lambda d: leaves_list(linkage(squareform(d, checks=False), method="average")).tolist()
    plain = lambda d: [None if np.isnan(x) else float(x) for x in np.asarray(d).ravel()]
    vectors = {
        "columns": {name: plain(frame[name]) for name in frame},
        "correlations": plain(r),
        "orders": [{"distances": plain(d), "order": order(d)} for d in (distances, large, tied)],
    }
    (HERE / "data.json").write_text(json.dumps(vectors) + "\n")


if __name__ == "__main__":
    main()
