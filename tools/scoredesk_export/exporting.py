"""A loaded model as ONNX, and the proof that it is the same."""

import importlib

import numpy as np

from .columns import codes_of, parts_of
from .common import Stop, first_line, kind_of, say, text_of
from .graph import Column, Graph, Matrix
from .predictors import probability

EXACT, SINGLE = 1e-9, 1e-6  # what a sum in another order explains; XGBoost and CatBoost compute in float32
ROWS_AT_ONCE = 20_000
OLDER = ("NOT_IMPLEMENTED", "ValidateOpsetForDomain")  # what an onnxruntime says that does not know trees in double


def exported(loaded, plan, index, training):
    """
    One input `input`, double [None, columns]: numbers as they are, categories as codes (NaN where missing, -1 for what is no
    level); one output, [None, 2], P(default) second.
    """
    graph = Graph()
    columns = [Column(f, plan.levels.get(f)) for f in plan.features]
    matrix = Matrix(graph, "input", columns)
    if plan.coded:  # by a dictionary: their trainers count from 0, with -1 for what is missing
        at = np.array([f in plan.coded for f in plan.features])
        gap = graph.op("And", graph.op("IsNaN", "input"), at)
        matrix = matrix.where(gap, [-1.0], levels=True)
    try:
        made = probability(loaded.model, matrix)
    except Stop:
        raise
    except Exception as error:
        raise Stop(f"this {kind_of(loaded.model)} can't be exported: {kind_of(error)}, {first_line(error)}") from error
    names = [str(c) for c in loaded.classes]
    levels = {f: [text_of(level) for level in values] for f, values in {**plan.coded, **plan.levels}.items()}
    metadata = {"format": 1, "columns": plan.features, "levels": levels, "classes": names if index == 1 else names[::-1],
                "training": training}
    return graph.model(len(columns), made, metadata, turned=index == 0)


def inputs_of(plan, table):
    """The rows as Scoredesk feeds them."""
    made = []
    for column in plan.features:
        levels = plan.levels.get(column, plan.coded.get(column))
        if levels is not None:
            gaps = table[column].isna().to_numpy()
            made.append(np.where(gaps, np.nan, codes_of(table[column], levels).astype(float)))
        else:
            made.append(table[column].to_numpy(dtype=float, na_value=np.nan))
    return np.column_stack(made)


def compare(made, loaded, plan, table, p, ids):
    """
    Says how far onnxruntime's P(default) of every row is from the library's.
    @raises Stop naming the worst row where it is further than the library's own arithmetic explains
    """
    try:
        runtime = importlib.import_module("onnxruntime")
    except ImportError:
        say("Not checked: onnxruntime is not installed (pip install onnxruntime)")
        return
    options = runtime.SessionOptions()
    options.log_severity_level = 4
    try:
        session = runtime.InferenceSession(made.SerializeToString(), options, providers=["CPUExecutionProvider"])
        found = np.concatenate([session.run(["probabilities"], {"input": inputs_of(plan, table.iloc[at:at + ROWS_AT_ONCE])})[0][:, 1]
                                for at in range(0, len(table), ROWS_AT_ONCE)])
    except Exception as error:
        if any(word in str(error) for word in OLDER):
            say(f"Not checked: onnxruntime {runtime.__version__} does not know trees in double (pip install -U onnxruntime); "
                "scoredesk pack compares all rows with predictions.csv")
            return
        raise Stop(f"onnxruntime can't run the exported model: {first_line(error)}") from error
    both = np.isnan(found) & np.isnan(p)
    off = np.where(both, 0.0, np.abs(found - p))
    off = np.where(np.isnan(off), np.inf, off)
    worst = int(off.argmax())
    single = any(in_single(part) for part in parts_of(loaded.model))
    many = int((off > (SINGLE if single else EXACT)).sum())
    if many:
        raise Stop(f"model.onnx is not this {kind_of(loaded.model)}: {many} of {len(table)} rows differ, the worst is {ids.iloc[worst]}: "
                   f"library {p[worst]:.9g}, model.onnx {found[worst]:.9g}")
    say(f"Checked all {len(table)} rows: model.onnx differs from the library by at most {off[worst]:.1e}")


def in_single(part):
    """
    Whether a part of a model is exact to float32 only: XGBoost, CatBoost, what scikit-learn fitted on float32; neighbours weighed by
    distance, for the library's own distance of a training row to itself is 0 or what rounding leaves, some 1e-8.
    """
    if type(part).__name__ == "KNeighborsClassifier":
        return part.weights == "distance"
    fitted = (getattr(part, name, None) for name in ("coef_", "components_", "statistics_"))
    return type(part).__module__.split(".")[0] in ("xgboost", "catboost") or any(str(getattr(f, "dtype", "")) == "float32" for f in fitted)
