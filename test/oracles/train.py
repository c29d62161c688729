"""What scikit-learn and LightGBM learn from the German credit data and from gaps/: the vectors of train.test.ts.

    pip install -r requirements.txt && python train.py
"""

import json
from pathlib import Path

import imblearn
import lightgbm as lgb
import numpy as np
import pandas as pd
import scipy
import sklearn
from imblearn.over_sampling import SMOTE, SMOTENC
from optbinning import OptimalBinning
from scipy.stats.contingency import association
from sklearn.calibration import _SigmoidCalibration
from sklearn.decomposition import PCA
from sklearn.impute import KNNImputer, SimpleImputer
from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import MinMaxScaler, PowerTransformer, RobustScaler, StandardScaler

HERE = Path(__file__).parent
GERMAN = HERE.parent.parent / "demo" / "german-credit" / "german-credit.csv"
NUMBERS = ["duration", "credit_amount", "installment_commitment", "residence_since", "age", "existing_credits", "num_dependents"]

table = pd.read_csv(GERMAN, keep_default_na=False)
x = StandardScaler().fit_transform(table[NUMBERS].to_numpy(float))
y = (table["class"] == "bad").to_numpy(int)


def regression(c, share, weight=None):
    if share == 0:
        model = LogisticRegression(C=c, tol=1e-13, max_iter=100_000, solver="newton-cholesky", class_weight=weight)
    else:
        model = LogisticRegression(C=c, l1_ratio=share, tol=1e-13, max_iter=1_000_000, solver="saga", class_weight=weight)
    model.fit(x, y)
    return {"c": c, "l1Share": share, "balanced": weight is not None, "weights": model.coef_[0].tolist(), "base": float(model.intercept_[0])}


def step(name, fitted, given):
    return {"step": name, "values": [float(f"{v:.15g}") for v in fitted.fit_transform(given).ravel()]}


gaps = pd.read_csv(HERE / "gaps" / "data.csv")
column = gaps[["x1"]].to_numpy(float)[:400].copy()
column[~np.isfinite(column)] = np.nan
filled = np.nan_to_num(column, nan=0.5)
steps = [step(f"impute {how}", SimpleImputer(strategy=how), column) for how in ("mean", "median", "most_frequent")]
steps += [step(name, scaler(), filled) for name, scaler in (("minMax", MinMaxScaler), ("standard", StandardScaler), ("robust", RobustScaler), ("power", PowerTransformer))]

raw = np.linspace(-3, 4, 500)
outcome = (np.sin(37 * np.arange(500)) + raw / 3 > 0.2).astype(int)
sigmoid = _SigmoidCalibration().fit(raw, outcome)

names = [f"x{j}" for j in range(10)]
known = gaps["y"].to_numpy() >= 0
given = gaps.loc[known, names].to_numpy(float).copy()
given[np.isinf(given)] = np.nan
booster = lgb.train(
    dict(objective="binary", num_leaves=15, learning_rate=0.1, min_data_in_leaf=20, verbose=-1, num_threads=1, deterministic=True),
    lgb.Dataset(given, gaps.loc[known, "y"].to_numpy()),
    num_boost_round=1,
)
dump = booster.dump_model()["tree_info"][0]["tree_structure"]


def walk(node):
    if "split_feature" not in node:
        return [{"rows": node["leaf_count"], "value": node["leaf_value"]}]
    own = {"feature": node["split_feature"], "threshold": node["threshold"], "gain": node["split_gain"], "rows": node["internal_count"]}
    return [own, *walk(node["left_child"]), *walk(node["right_child"])]



def binned(name):
    """The largest information value of monotone bins, each a fortieth of the rows at least, joined of twentieths."""
    values = table[name].to_numpy(float)
    edges = np.unique(np.quantile(values, np.arange(1, 20) / 20))
    splits = np.nextafter(edges[edges < values.max()], np.inf)
    best = 0.0
    for trend in ("ascending", "descending"):
        bins = OptimalBinning(name=name, user_splits=splits, min_bin_size=1 / 40, monotonic_trend=trend, solver="cp")
        bins.fit(values, y)
        built = bins.binning_table.build()
        best = max(best, float(built.loc["Totals", "IV"]))
    return {"column": name, "informationValue": best}


rows, columns = np.indices(x.shape)
# No two rows alike: which of equally near ones is taken is anybody's choice.
holes = np.where((rows * 7 + columns * 13) % 11 < 2, np.nan, np.sin((columns + 1) * 1.7 * rows + columns))
imputed = KNNImputer(n_neighbors=5).fit_transform(holes)[:60]

pca = PCA(0.8, svd_solver="full").fit(x)
signs = np.sign(pca.components_[np.arange(len(pca.components_)), np.abs(pca.components_).argmax(axis=1)])
projected = pca.transform(x)[:20] * signs

isotonic = IsotonicRegression(out_of_bounds="clip").fit(raw, outcome)
asked = np.linspace(-4, 5, 181)

CATEGORIES = ["checking_status", "purpose", "housing"]
cramers = [float(association(pd.crosstab(table[name], y).to_numpy(), method="cramer")) for name in CATEGORIES]
etas = [
    float(sum(np.sum(y == k) * (x[y == k, j].mean() - x[:, j].mean()) ** 2 for k in (0, 1)) / np.sum((x[:, j] - x[:, j].mean()) ** 2))
    for j in range(len(NUMBERS))
]


def neighbours(sampler, given):
    """Of each row of the rarer outcome the positions, among these rows, of those that a new row may lie towards."""
    sampler.fit_resample(given, y)
    near = sampler.nn_k_
    return near.kneighbors(near._fit_X, return_distance=False)[:, 1:].tolist()


mixed = np.column_stack([x.astype(object), table[CATEGORIES].to_numpy(object)])
smote = neighbours(SMOTE(k_neighbors=5, random_state=1), x)
smotenc = neighbours(SMOTENC([len(NUMBERS) + k for k in range(len(CATEGORIES))], k_neighbors=5, random_state=1), mixed)

found = {
    "made by": f"scikit-learn {sklearn.__version__}, lightgbm {lgb.__version__}, imbalanced-learn {imblearn.__version__}, scipy {scipy.__version__}",
    "regressions": [
        regression(1, 0), regression(0.01, 0), regression(0.1, 0, "balanced"), regression(0.05, 1), regression(0.1, 0.5),
    ],
    "column": [None if np.isnan(v) else float(v) for v in column.ravel()],
    "steps": steps,
    "neighbours": imputed.tolist(),
    "pca": {"kept": float(pca.explained_variance_ratio_.sum()), "values": projected.tolist()},
    "isotonic": {"at": asked.tolist(), "p": isotonic.predict(asked).tolist()},
    "categories": CATEGORIES,
    "cramersV": cramers,
    "etaSquared": etas,
    "smote": smote,
    "smotenc": smotenc,
    "platt": {"slope": -float(sigmoid.a_), "shift": -float(sigmoid.b_)},
    "bins": [binned(name) for name in ("duration", "credit_amount", "age", "installment_commitment")],
    "tree": walk(dump),
}
(HERE / "train.json").write_text(json.dumps(found) + "\n", encoding="utf-8")
