"""Metrics, intervals, curves and groups of a validation, by scikit-learn, scipy, statsmodels and fairlearn:
test/oracles/validation.json. Run: python test/oracles/validation.py"""

import json

import numpy as np
import statsmodels.api as sm
from fairlearn.metrics import MetricFrame, false_positive_rate, selection_rate, true_positive_rate
from scipy import stats
from sklearn import metrics
from sklearn.calibration import calibration_curve

rng = np.random.default_rng(11)
THRESHOLD = 0.3


def drawn(rows, slope, shift, digits=None):
    z = rng.normal(0, 1.2, rows) - 1
    y = (rng.random(rows) < 1 / (1 + np.exp(-(slope * z + shift)))).astype(int)
    p = 1 / (1 + np.exp(-z))
    return y, np.round(p, digits) if digits else p


cases = {
    "plain": drawn(400, 1, 0),
    "ties": drawn(300, 0.7, 0.3, 1),
    "rare": drawn(500, 1.4, -2.5),
    "reversed": drawn(200, -0.8, 0),
}


def delong(y, p):
    """DeLong, DeLong and Clarke-Pearson 1988, by its definition: every pair is looked at."""
    bad, good = p[y == 1], p[y == 0]
    psi = (bad[:, None] > good[None, :]) + 0.5 * (bad[:, None] == good[None, :])
    v10, v01 = psi.mean(axis=1), psi.mean(axis=0)
    return psi.mean(), np.sqrt(v10.var(ddof=1) / len(bad) + v01.var(ddof=1) / len(good))


def delong_pair(y, p, q):
    """Standard error of the difference of two areas over the same rows."""
    parts = []
    for score in (p, q):
        bad, good = score[y == 1], score[y == 0]
        psi = (bad[:, None] > good[None, :]) + 0.5 * (bad[:, None] == good[None, :])
        parts.append((psi.mean(), psi.mean(axis=1), psi.mean(axis=0)))
    (a, a10, a01), (b, b10, b01) = parts
    return a - b, np.sqrt((a10 - b10).var(ddof=1) / len(a10) + (a01 - b01).var(ddof=1) / len(a01))


out = []
for name, (y, p) in cases.items():
    refused = (p >= THRESHOLD).astype(int)
    area, se = delong(y, p)
    assert abs(area - metrics.roc_auc_score(y, p)) < 1e-12
    other = np.clip(p + rng.normal(0, 0.1, len(p)), 0, 1)
    difference, difference_se = delong_pair(y, p, other)
    fpr, tpr, at = metrics.roc_curve(y, p, drop_intermediate=False)
    precision, recall, _ = metrics.precision_recall_curve(y, p)
    inside = np.clip(p, 1e-6, 1 - 1e-6)
    logit = sm.Logit(y, sm.add_constant(np.log(inside / (1 - inside)))).fit(disp=0, tol=1e-12, maxiter=200)
    observed, predicted = calibration_curve(y, p, n_bins=5, strategy="quantile")
    group = rng.integers(0, 3, len(y))
    frame = MetricFrame(
        metrics={"selected": selection_rate, "tpr": true_positive_rate, "fpr": false_positive_rate},
        y_true=y,
        y_pred=refused,
        sensitive_features=group,
    )
    out.append(
        {
            "name": name,
            "y": y.tolist(),
            "p": p.tolist(),
            "other": other.tolist(),
            "auc": area,
            "aucError": se,
            "difference": difference,
            "differenceError": difference_se,
            "ks": stats.ks_2samp(p[y == 1], p[y == 0]).statistic,
            "brier": metrics.brier_score_loss(y, p),
            "logLoss": metrics.log_loss(y, p),
            "averagePrecision": metrics.average_precision_score(y, p),
            "roc": {"fpr": fpr.tolist(), "tpr": tpr.tolist(), "at": at[1:].tolist()},
            "pr": {"precision": precision.tolist(), "recall": recall.tolist()},
            "calibration": {"intercept": logit.params[0], "slope": logit.params[1]},
            "reliability": {"observed": observed.tolist(), "predicted": predicted.tolist()},
            "atThreshold": {
                "precision": metrics.precision_score(y, refused, zero_division=0),
                "recall": metrics.recall_score(y, refused),
                "f1": metrics.f1_score(y, refused),
                "fBeta": metrics.fbeta_score(y, refused, beta=2),
                "accuracy": metrics.accuracy_score(y, refused),
                "balancedAccuracy": metrics.balanced_accuracy_score(y, refused),
            },
            "group": group.tolist(),
            "groups": [
                {"group": int(g), **{key: float(row[key]) for key in ("selected", "tpr", "fpr")}}
                for g, row in frame.by_group.iterrows()
            ],
        }
    )
with open("test/oracles/validation.json", "w") as file:
    json.dump({"threshold": THRESHOLD, "cases": out}, file)
    file.write("\n")
