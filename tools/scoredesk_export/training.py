"""What the rows that trained a model are like, and the user's own stored predictions."""

import numpy as np

from .common import Stop, say, text_of
from .columns import codes_of, nearest

QUANTILES = [0, 0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99, 1]  # as in the bundle's `training`
SAME = 1e-5  # how far a stored prediction may lie from the model's own, as in Scoredesk


def facts(plan, table, p, outcomes):
    """
    Rows, levels' shares, quantiles (numpy's default, of finite values), missing shares, the mean score, AUC and rate of default.
    outcomes: 1 default, 0 repaid, NaN unknown, or None
    """
    made = {"from": "export", "rows": len(table), "columns": {f: column_facts(plan, table, f) for f in plan.features}}
    known = p[np.isfinite(p)]
    if len(known):
        made["score"] = {"mean": float(known.mean()), "quantiles": quantiles(known)}
    if outcomes is not None and np.isfinite(outcomes).any():
        made["target"] = float(np.nanmean(outcomes))
        area = auc(outcomes, p)
        if area is not None:
            made["auc"] = area
    return made


def column_facts(plan, table, column):
    series = table[column]
    gaps = series.isna().to_numpy()
    missing = float(gaps.mean()) if len(gaps) else 0.0
    levels = plan.levels.get(column, plan.coded.get(column))
    if levels is not None:
        codes = codes_of(series, levels)
        return {"missing": missing, "shares": [float((codes == i).mean()) for i in range(len(levels))]}
    values = series.to_numpy(dtype=float, na_value=np.nan)
    finite = values[np.isfinite(values)]
    if not len(finite):
        return {"missing": missing}
    return {"missing": missing, "quantiles": quantiles(finite), "zeros": float((values == 0).mean())}


def quantiles(values):
    return [float(q) for q in np.quantile(values, QUANTILES)]


def auc(outcomes, p):
    """Share of (default, repaid) pairs ranked right, ties half; None without both classes."""
    kept = np.isfinite(outcomes) & np.isfinite(p)
    y, p = outcomes[kept] == 1, p[kept]
    positives, negatives = int(y.sum()), int((~y).sum())
    if not positives or not negatives:
        return None
    _, place, counts = np.unique(p, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[place]
    return float((ranks[y].sum() - positives * (positives + 1) / 2) / (positives * negatives))


def outcomes_of(column, value):
    """1 where the outcome is `value` (or 1), NaN where there is none; None where it is not said which means default."""
    found = {text_of(v) for v in column.dropna().unique().tolist()}
    if not value and not found <= {"0", "1"}:
        return None
    texts = [None if gone else text_of(v) for v, gone in zip(column.tolist(), column.isna().tolist())]
    return np.array([np.nan if text is None else float(text == (value or "1")) for text in texts])


def numbers_in(series, column, name):
    """Numbers, also where a file writes them with a comma."""
    import pandas as pd
    texts = series.astype(str).str.replace(",", ".", regex=False) if series.dtype.kind not in "fiu" else series
    found = pd.to_numeric(texts, errors="coerce").to_numpy(dtype=float, na_value=np.nan)
    bad = np.isnan(found) & series.notna().to_numpy()
    if bad.any():
        raise Stop(f"{name}: {column} holds {series.iloc[int(bad.argmax())]}, which is no number")
    return found


def refuse_other_kind(plan, table, name):
    """A training table whose categories are not the model's says nothing of the training."""
    for column, levels in {**plan.coded, **plan.levels}.items():
        present = table[column].notna().to_numpy()
        unknown = (codes_of(table[column], levels) < 0) & present
        if present.any() and unknown.sum() >= 0.9 * present.sum():
            raise Stop(f"{name}: {column} holds {table[column][unknown].iloc[0]} and others that the model does not know; its levels are "
                       f"{', '.join(map(text_of, levels[:5]))}{', …' if len(levels) > 5 else ''}")


def refuse_other_predictions(stored, name, identity, ids, p):
    """
    The user's own predictions, stored when the model was in use, against the model's on this table.
    @raises Stop naming the worst row where they differ: the table, or the model, is not the one that made them
    """
    column = next((c for c in ("probability", "y_proba", "proba", "prediction", "score", "p") if c in stored.columns), None)
    if identity not in stored.columns or column is None:
        raise Stop(f"{name} needs the columns {identity}{nearest(identity, stored.columns)} and probability")
    key = [text_of(v) for v in ids.tolist()]
    known_ids = [text_of(v) for v in stored[identity].tolist()]
    again = next((one for one in known_ids if known_ids.count(one) > 1), None) if len(set(known_ids)) < len(known_ids) else None
    if again is not None:
        raise Stop(f"{name} holds {identity} {again} more than once: leave one prediction of each")
    theirs = dict(zip(known_ids, numbers_in(stored[column], column, name)))
    known = np.array([theirs.get(k, np.nan) for k in key])
    there = np.isfinite(known)
    if not there.any():
        raise Stop(f"{name} holds none of the table's {len(key)} ids: the first is {key[0]} here and {text_of(stored[identity].iloc[0]) if len(stored) else 'none'} there")
    off = np.where(there, np.abs(known - p), 0.0)
    off = np.where(np.isnan(off), np.inf, off)
    many, worst = int((off > SAME).sum()), int(off.argmax())
    if many and (known[there] < 0).any() | (known[there] > 1).any():
        raise Stop(f"{name} holds no probabilities: {column} goes from {known[there].min():.6g} to {known[there].max():.6g}; give P(default), from 0 to 1")
    digits = max(len(f"{value:.12g}".partition(".")[2]) for value in known[there].tolist())
    if many and digits < 7 and off.max() <= 0.51 * 10.0 ** -digits:
        raise Stop(f"the predictions in {name} are rounded to {digits} digits: give them whole")
    if many:
        raise Stop(f"{many} of {int(there.sum())} stored predictions are not this model's on this table, the worst is {key[worst]}: "
                   f"stored {known[worst]:.9g}, now {p[worst]:.9g}. Is it the table that was scored then, and the same version of the model?")
    say(f"Checked {int(there.sum())} stored predictions of {len(key)} rows: they are this model's on this table, to {off.max():.1e}")
