"""Preprocessing as scikit-learn has it, as plain arithmetic on columns in double."""

import warnings

import numpy as np

from .common import Stop, is_gap, kind_of
from .graph import Column, Matrix, joined, lookup

UNKNOWN_TEXT, UNKNOWN_NUMBER = "scoredesk: no such level", -987654321.0


def prepared(step, matrix):
    """What a fitted transformer makes of a matrix. @raises Stop naming what can't be said as arithmetic"""
    if step is None or step == "passthrough":
        return matrix
    if step == "drop":
        return matrix.select([])
    kind = kind_of(step)
    if kind in COMPOSED:
        return COMPOSED[kind](step, matrix)
    if kind == "SimpleImputer":
        return imputed(step, matrix)
    if hasattr(step, "get_support") and not hasattr(step, "predict_proba"):
        return matrix.select(step.get_support(indices=True))
    if kind in LOOKED_UP or any(c.levels for c in matrix.columns):
        return looked_up(step, matrix)
    if kind in ARITHMETIC:
        return ARITHMETIC[kind](step, matrix)
    if kind == "FunctionTransformer":
        return by_function(step, matrix)
    if hasattr(step, "transform") and hasattr(step, "steps"):
        return through_pipeline(step, matrix)
    raise Stop(f"a {kind} can't be said as arithmetic on columns: leave it out of the pipeline, or apply it to the table before training")


# ---- composed ----

def through_pipeline(pipeline, matrix):
    for name, step in pipeline.steps:
        if is_sampler(step):
            continue
        matrix = prepared(step, matrix)
    return matrix


def is_sampler(step):
    """imblearn's samplers do nothing at prediction."""
    return hasattr(step, "fit_resample") and not hasattr(step, "transform")


def by_columns(transformer, matrix):
    """A ColumnTransformer; its columns as the positions that it found at fit."""
    positions = transformer._transformer_to_input_indices
    parts = [prepared(step, matrix.select(positions[name])) for name, step, _ in transformer.transformers_
             if step != "drop" and len(positions.get(name, ()))]
    if not parts:
        raise Stop("a ColumnTransformer of the model makes no column")
    return joined(parts)


def united(union, matrix):
    weights = union.transformer_weights or {}
    parts = []
    for name, step in union.transformer_list:
        if step == "drop":
            continue
        part = prepared(step, matrix)
        parts.append(part.op("Mul", np.array([float(weights[name])])) if name in weights else part)
    return joined(parts)


COMPOSED = {"Pipeline": through_pipeline, "ColumnTransformer": by_columns, "FeatureUnion": united}


# ---- gaps ----

def imputed(imputer, matrix):
    """SimpleImputer: the statistic where a value is missing; columns without any are dropped; indicators at the end."""
    marker, statistics = imputer.missing_values, imputer.statistics_
    empty = [is_gap(s) for s in statistics]
    keeps = getattr(imputer, "keep_empty_features", False)
    kept = [j for j in range(len(matrix)) if keeps or not empty[j]]
    filled = []
    for j in kept:
        column, value = matrix.select([j]), statistics[j]
        levels = column.columns[0].levels
        if levels is None:
            filled.append(column.where(missing_of(column, marker), [0.0 if is_gap(value) else float(value)]))
            continue
        if not is_gap(marker) and marker not in levels:
            filled.append(column)
            continue
        codes = [i for i, level in enumerate(levels) if level == value]
        grown = Column(column.columns[0].name, list(levels) if codes else [*levels, value])
        condition = column.graph.op("IsNaN", column.tensor) if is_gap(marker) else column.graph.op(
            "Equal", column.tensor, np.array([float(levels.index(marker))]))
        made = column.where(condition, [float(codes[0] if codes else len(levels))])
        filled.append(Matrix(matrix.graph, made.tensor, [grown]))
    if getattr(imputer, "indicator_", None) is not None:
        filled.append(indicated(imputer.indicator_, matrix))
    return joined(filled)


def missing_of(column, marker):
    graph = column.graph
    return graph.op("IsNaN", column.tensor) if is_gap(marker) else graph.op("Equal", column.tensor, np.array([float(marker)]))


def indicated(indicator, matrix):
    """MissingIndicator: 1 where a value is missing, of its columns."""
    chosen = matrix.select(indicator.features_)
    truth = missing_of(chosen, indicator.missing_values)
    return Matrix(matrix.graph, matrix.graph.cast(truth, "DOUBLE"), [Column(c.name) for c in chosen.columns])


# ---- tables of values ----

LOOKED_UP = {"OneHotEncoder", "OrdinalEncoder", "TargetEncoder", "WOEEncoder", "CountEncoder", "CatBoostEncoder", "LeaveOneOutEncoder",
             "JamesSteinEncoder", "MEstimateEncoder", "GLMMEncoder", "BinaryEncoder", "BaseNEncoder", "HelmertEncoder", "SumEncoder"}


def looked_up(step, matrix):
    """
    What an encoder makes of each value of each column, asked from the encoder itself: so that drops, rare and unknown levels,
    gaps and the library's version are its own.
    """
    values = [known_values(step, matrix, j) for j in range(len(matrix))]
    ask = Asking(step, [v[0] for v in values])
    base = ask([])[0]
    parts, places, constant = [], [], set(range(len(base)))
    for j, known in enumerate(values):
        text = matrix.columns[j].levels is not None
        rows = ask([(j, v) for v in known])
        gap = ask.one(j, None if text else np.nan)
        other = ask.one(j, UNKNOWN_TEXT if text else UNKNOWN_NUMBER)
        seen = [*rows, *(r for r in (gap, other) if r is not None)]
        own = sorted(k for k in range(len(base)) if any(not same(r[k], base[k]) for r in seen))
        constant -= set(own)
        parts.append((j, known, rows, gap, other, own))
    parts[0] = (*parts[0][:5], sorted(set(parts[0][5]) | constant))
    made = []
    for j, known, rows, gap, other, own in parts:
        if not own:
            continue
        keys = range(len(known)) if matrix.columns[j].levels is not None else [float(v) for v in known]
        nothing = [np.nan] * len(own)  # the encoder refuses such a value: it has no score
        made.append(lookup(matrix.select([j]), {key: row[own] for key, row in zip(keys, rows)},
                           nothing if gap is None else gap[own], nothing if other is None else other[own]))
        places += own
    if len(set(places)) != len(places):
        raise Stop(f"a {kind_of(step)} puts several columns together, which can't be said column by column")
    return joined(made).select(np.argsort(places))


def same(a, b):
    return a == b or (a != a and b != b)


def known_values(step, matrix, j):
    """The values that a column may have, in the order of its codes: its levels; of numbers, the encoder's categories."""
    levels = matrix.columns[j].levels
    if levels is not None:
        return list(levels)
    categories = getattr(step, "categories_", None)
    if categories is None:
        raise Stop(f"a {kind_of(step)} of the number column {matrix.columns[j].name} can't be said as a table of values")
    found = [v for v in categories[j] if not is_gap(v)]
    return found or [0.0]


class Asking:
    """Rows put to a fitted transformer: all columns at their first value but one."""

    def __init__(self, step, first):
        self.step, self.first = step, first
        self.names = list(getattr(step, "feature_names_in_", [])) or None

    def __call__(self, changes):
        rows = [list(self.first) for _ in changes] or [list(self.first)]
        for row, (j, value) in zip(rows, changes):
            row[j] = value
        import pandas as pd
        frame = pd.DataFrame({j: pd.Series([row[j] for row in rows], dtype=object) for j in range(len(self.first))})
        for j, value in enumerate(self.first):
            if not isinstance(value, str):
                frame[j] = frame[j].astype(float)
            else:
                frame[j] = frame[j].where(frame[j].notna(), np.nan)
        given = frame.set_axis(self.names, axis=1) if self.names else frame.to_numpy(dtype=object if any(isinstance(v, str) for v in self.first) else float)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            out = self.step.transform(given)
        out = out.toarray() if hasattr(out, "toarray") else out
        return np.asarray(out, dtype=float).reshape(len(rows), -1)

    def one(self, j, value):
        """The row of one value; None where the transformer refuses it."""
        try:
            return self([(j, value)])[0]
        except Exception:
            return None


# ---- arithmetic ----

def row(values):
    return np.atleast_1d(np.asarray(values, float))


def standardised(s, m):
    m = m.op("Sub", row(s.mean_)) if s.with_mean and s.mean_ is not None else m
    return m.op("Div", row(s.scale_)) if s.with_std and s.scale_ is not None else m


def min_max(s, m):
    m = m.op("Mul", row(s.scale_)).op("Add", row(s.min_))
    return clipped(m, *s.feature_range) if s.clip else m


def clipped(m, low, high):
    m = m.where(m.graph.op("Less", m.tensor, row(low)), low)
    return m.where(m.graph.op("Greater", m.tensor, row(high)), high)


def robust(s, m):
    m = m.op("Sub", row(s.center_)) if s.with_centering else m
    return m.op("Div", row(s.scale_)) if s.with_scaling else m


def power(s, m):
    """Yeo-Johnson or Box-Cox by column, then the standardising that scikit-learn keeps in `_scaler`."""
    graph = m.graph
    made = []
    for j, shape in enumerate(s.lambdas_.tolist()):
        x = m.select([j])
        if s.method == "box-cox":
            made.append(x.op("Log") if shape == 0 else x.op("Pow", row(shape)).op("Sub", row(1.0)).op("Div", row(shape)))
            continue
        up = x.op("Add", row(1.0))
        down = x.op("Neg").op("Add", row(1.0))
        tiny = np.spacing(1.0)
        above = up.op("Log") if abs(shape) < tiny else up.op("Pow", row(shape)).op("Sub", row(1.0)).op("Div", row(shape))
        rest = 2 - shape
        below = (down.op("Log") if abs(shape - 2) <= tiny else down.op("Pow", row(rest)).op("Sub", row(1.0)).op("Div", row(rest))).op("Neg")
        # A gap is not below 0 and goes the upper way, where it stays a gap.
        tensor = graph.op("Where", graph.op("Less", x.tensor, row(0.0)), below.tensor, above.tensor)
        made.append(Matrix(graph, tensor, [Column(x.columns[0].name)]))
    m = joined(made)
    return standardised(s._scaler, m) if s.standardize else m


def projected(s, m):
    """PCA, TruncatedSVD: onto the components."""
    m = m.op("Sub", row(s.mean_)) if getattr(s, "mean_", None) is not None else m
    tensor = m.graph.op("MatMul", m.tensor, np.ascontiguousarray(s.components_.T.astype(float)))
    m = Matrix(m.graph, tensor, [Column(f"component {k + 1}") for k in range(len(s.components_))])
    return m.op("Div", row(np.sqrt(s.explained_variance_))) if getattr(s, "whiten", False) else m


def binned(s, m):
    """KBinsDiscretizer: how many inner edges a value has reached, as a number or one column a bin."""
    made = []
    for j, edges in enumerate(s.bin_edges_):
        x = m.select([j])
        inner = np.asarray(edges[1:-1], float)
        reached = m.graph.cast(m.graph.op("GreaterOrEqual", x.tensor, row(inner)), "DOUBLE") if len(inner) else None
        count = m.graph.op("ReduceSum", reached, np.array([1], np.int64), keepdims=1) if len(inner) else m.graph.op("Mul", x.tensor, row(0.0))
        own = Matrix(m.graph, count, [Column(x.columns[0].name)])
        if s.encode.startswith("onehot"):
            bins = len(edges) - 1
            equal = m.graph.cast(m.graph.op("Equal", own.tensor, np.arange(bins, dtype=float)), "DOUBLE")
            own = Matrix(m.graph, equal, [Column(x.columns[0].name)] * bins)
        made.append(own)
    return joined(made)


def binarised(s, m):
    return Matrix(m.graph, m.graph.cast(m.graph.op("Greater", m.tensor, row(s.threshold)), "DOUBLE"), [Column(c.name) for c in m.columns])


def normed(s, m):
    """Each row over its own norm; a row of zeros stays."""
    graph = m.graph
    axis = np.array([1], np.int64)
    size = {"l1": lambda: graph.op("ReduceSum", graph.op("Abs", m.tensor), axis, keepdims=1),
            "l2": lambda: graph.op("Sqrt", graph.op("ReduceSum", graph.op("Mul", m.tensor, m.tensor), axis, keepdims=1)),
            "max": lambda: graph.op("ReduceMax", graph.op("Abs", m.tensor), axes=[1], keepdims=1)}[s.norm]()
    size = graph.op("Where", graph.op("Equal", size, row(0.0)), row(1.0), size)
    return m.op("Div", size)


FUNCTIONS = {"log1p": lambda m: m.op("Add", row(1.0)).op("Log"), "log": lambda m: m.op("Log"), "sqrt": lambda m: m.op("Sqrt"),
             "abs": lambda m: m.op("Abs"), "absolute": lambda m: m.op("Abs"), "exp": lambda m: m.op("Exp"), "negative": lambda m: m.op("Neg"),
             "square": lambda m: m.op("Mul", m.tensor), "expm1": lambda m: m.op("Exp").op("Sub", row(1.0))}


def by_function(s, m):
    if s.func is None:
        return m
    name = getattr(s.func, "__name__", "")
    if isinstance(s.func, np.ufunc) and name in FUNCTIONS:
        return FUNCTIONS[name](m)
    raise Stop(f"a FunctionTransformer of {name or 'a function'} is Python, which no file can hold: apply it to the table before training")


def polynomial(s, m):
    """PolynomialFeatures: products of powers of columns."""
    made = []
    for powers in s.powers_.tolist():
        factors = [m.select([j]) for j, times in enumerate(powers) for _ in range(times)]
        if not factors:
            one = m.select([0])
            made.append(one.where(m.graph.op("Equal", one.tensor, one.tensor), [1.0]).where(m.graph.op("IsNaN", one.tensor), [1.0]))
            continue
        product = factors[0]
        for factor in factors[1:]:
            product = product.op("Mul", factor.tensor)
        made.append(product)
    return joined(made)


ARITHMETIC = {"StandardScaler": standardised, "MinMaxScaler": min_max, "MaxAbsScaler": lambda s, m: m.op("Div", row(s.scale_)), "RobustScaler": robust,
              "PowerTransformer": power, "PCA": projected, "TruncatedSVD": projected, "KBinsDiscretizer": binned, "Binarizer": binarised,
              "Normalizer": normed, "MissingIndicator": indicated, "PolynomialFeatures": polynomial}
