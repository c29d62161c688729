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


# ---- optbinning ----

def by_bins(step, matrix, how=None):
    """BinningProcess: what each bin of each column is worth (weight of evidence …), asked from the process itself."""
    how = how or {}
    made = []
    names = list(step.get_support(names=True))
    for name in names:
        j = list(step.variable_names).index(name)
        column, binned = matrix.select([j]), step.get_binned_variable(name)
        ask = lambda values: np.asarray(step_values(step, name, binned, values, how), float)
        gap = ask([None if column.columns[0].levels is not None else np.nan])[0]
        if column.columns[0].levels is not None:
            levels = list(column.columns[0].levels)
            worth = ask([*levels, UNKNOWN_TEXT])
            made.append(lookup(column, {i: [worth[i]] for i in range(len(levels))}, [gap], [worth[-1]]))
            continue
        edges = np.asarray(binned.splits, float)
        worth = ask([(edges[0] - 1 if len(edges) else 0.0), *edges])  # a bin holds its lower edge
        count = reached(column, edges)
        table = {float(i): [w] for i, w in enumerate(worth)}
        found = lookup(Matrix(matrix.graph, count, column.columns), table, [gap], [gap])
        for special in specials(binned):
            at = matrix.graph.op("Equal", column.tensor, row(float(special)))
            found = found.where(at, ask([float(special)]))
        made.append(found.where(matrix.graph.op("IsNaN", column.tensor), [gap]))
    return joined(made)


def step_values(step, name, binned, values, how):
    import pandas as pd
    own = {**how, **(getattr(step, "binning_transform_params", None) or {}).get(name, {})}
    given = pd.Series(values, dtype=object if any(isinstance(v, str) or v is None for v in values) else float).to_numpy()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return binned.transform(given, **{key: value for key, value in own.items() if value is not None})


def specials(binned):
    codes = getattr(binned, "special_codes", None)
    if not codes:
        return []
    listed = codes.values() if isinstance(codes, dict) else [codes]
    return [code for group in listed for code in (group if isinstance(group, (list, tuple, set, np.ndarray)) else [group])]


def reached(column, edges):
    """How many of the edges a value has reached."""
    if not len(edges):
        return column.op("Mul", row(0.0)).tensor
    truth = column.graph.cast(column.graph.op("GreaterOrEqual", column.tensor, row(edges)), "DOUBLE")
    return column.graph.op("ReduceSum", truth, np.array([1], np.int64), keepdims=1)


COMPOSED["BinningProcess"] = by_bins

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
        own = Matrix(m.graph, reached(x, inner), [Column(x.columns[0].name)])
        if s.encode.startswith("onehot"):
            bins = len(edges) - 1
            equal = m.graph.cast(m.graph.op("Equal", own.tensor, np.arange(bins, dtype=float)), "DOUBLE")
            own = Matrix(m.graph, equal, [Column(x.columns[0].name)] * bins)
        made.append(own)
    return joined(made)


def spread(s, m):
    """QuantileTransformer: the mean rank among the quantiles, on straight lines between them; then the normal's inverse."""
    edge = 1e-7  # scikit-learn's BOUNDS_THRESHOLD
    made = []
    for j in range(len(m)):
        x, known = m.select([j]), np.asarray(s.quantiles_[:, j], float)
        lines = steps_of(known, np.asarray(s.references_, float))
        normal = s.output_distribution == "normal"
        low, high = (known[0] + edge, known[-1] - edge) if normal else (known[0], known[-1])
        y = between(x, *lines)
        y = y.where(m.graph.op("Greater" if normal else "GreaterOrEqual", x.tensor, row(high)), 1.0)
        y = y.where(m.graph.op("Less" if normal else "LessOrEqual", x.tensor, row(low)), 0.0)
        made.append(clipped_normal(y, edge) if normal else y)
    return joined(made)


def steps_of(known, references):
    """Distinct quantiles with the reference below, at and above each: repeated ones have their mean."""
    values, first, counts = np.unique(known, return_index=True, return_counts=True)
    below, above = references[first], references[first + counts - 1]
    return values, below, above


def between(x, values, below, above):
    """From what stands above one value to what stands below the next on a straight line; at a value their mean."""
    graph = x.graph
    if len(values) == 1:
        return x.op("Mul", row(0.0)).op("Add", row((below[0] + above[0]) / 2))
    inside = clipped(x, values[0], values[-1])
    count = graph.op("ReduceSum", graph.cast(graph.op("Greater", inside.tensor, row(values[1:-1])), "DOUBLE"), np.array([1], np.int64),
                     keepdims=1) if len(values) > 2 else graph.op("Mul", inside.tensor, row(0.0))
    known = graph.op("Where", graph.op("IsNaN", count), row(0.0), count)
    segment = graph.cast(known, "INT64")
    at = lambda numbers: graph.op("Gather", np.asarray(numbers, float), segment, axis=0)
    slope = (below[1:] - above[:-1]) / (values[1:] - values[:-1])
    line = Matrix(graph, graph.op("Add", graph.op("Mul", at(slope), graph.op("Sub", inside.tensor, at(values[:-1]))), at(above[:-1])), x.columns)
    for position in (0, 1):  # the value above which a segment begins, and the one at which it ends
        ends, means = values[position:len(values) - 1 + position], ((below + above) / 2)[position:len(values) - 1 + position]
        line = Matrix(graph, graph.op("Where", graph.op("Equal", inside.tensor, at(ends)), at(means), line.tensor), x.columns)
    return Matrix(graph, line.tensor, [Column(x.columns[0].name)])


# Cephes' ndtri, as scipy.stats.norm.ppf computes it
MIDDLE = ([-5.99633501014107895267E1, 9.80010754185999661536E1, -5.66762857469070293439E1, 1.39312609387279679503E1, -1.23916583867381258016E0],
          [1.0, 1.95448858338141759834E0, 4.67627912898881538453E0, 8.63602421390890590575E1, -2.25462687854119370527E2, 2.00260212380060660359E2,
           -8.20372256168333339912E1, 1.59056225126211695515E1, -1.18331621121330003142E0])
TAIL = ([4.05544892305962419923E0, 3.15251094599893866154E1, 5.71628192246421288162E1, 4.40805073893200834700E1, 1.46849561928858024014E1,
         2.18663306850790267539E0, -1.40256079171354495875E-1, -3.50424626827848203418E-2, -8.57456785154685413611E-4],
        [1.0, 1.57799883256466749731E1, 4.53907635128879210584E1, 4.13172038254672030440E1, 1.50425385692907503408E1, 2.50464946208309415979E0,
         -1.42182922854787788574E-1, -3.80806407691578277194E-2, -9.33259480895457427372E-4])


def horner(x, coefficients):
    made = x.op("Mul", row(0.0)).op("Add", row(coefficients[0]))
    for coefficient in coefficients[1:]:
        made = made.op("Mul", x.tensor).op("Add", row(coefficient))
    return made


def clipped_normal(y, edge):
    """The standard normal's inverse of y, not further out than at `edge`, which is far enough for the inner tail's formula."""
    graph = y.graph
    least = edge - np.spacing(1.0)
    y = clipped(y, least, 1 - least)
    turned = graph.op("Greater", y.tensor, row(1 - np.exp(-2.0)))
    side = Matrix(graph, graph.op("Where", turned, y.op("Neg").op("Add", row(1.0)).tensor, y.tensor), y.columns)
    centred = side.op("Sub", row(0.5))
    square = centred.op("Mul", centred.tensor)
    ratio = square.op("Mul", horner(square, MIDDLE[0]).tensor).op("Div", horner(square, MIDDLE[1]).tensor)
    middle = centred.op("Add", centred.op("Mul", ratio.tensor).tensor).op("Mul", row(2.50662827463100050242))
    x = side.op("Log").op("Mul", row(-2.0)).op("Sqrt")
    inverse = x.where(graph.op("Equal", x.tensor, x.tensor), 1.0).op("Div", x.tensor)
    tail = x.op("Sub", x.op("Log").op("Div", x.tensor).tensor).op(
        "Sub", inverse.op("Mul", horner(inverse, TAIL[0]).tensor).op("Div", horner(inverse, TAIL[1]).tensor).tensor)
    outer = Matrix(graph, graph.op("Where", turned, tail.tensor, tail.op("Neg").tensor), y.columns)
    central = graph.op("And", graph.op("Greater", y.tensor, row(np.exp(-2.0))), graph.op("LessOrEqual", y.tensor, row(1 - np.exp(-2.0))))
    return Matrix(graph, graph.op("Where", central, middle.tensor, outer.tensor), [Column(y.columns[0].name)])


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
              "PowerTransformer": power, "QuantileTransformer": spread, "PCA": projected, "TruncatedSVD": projected, "KBinsDiscretizer": binned, "Binarizer": binarised,
              "Normalizer": normed, "MissingIndicator": indicated, "PolynomialFeatures": polynomial}
