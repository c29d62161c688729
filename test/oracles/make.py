"""Makes the vectors that the tests compare with, from the Python tools that define them.

    pip install -r requirements.txt && python make.py

german/     the demo model: shap's TreeExplainer (tree_path_dependent) for all 1,000 clients
gaps/       LightGBM on numbers with missing values and infinities, exported with ZipMap
pipeline/   SimpleImputer + StandardScaler + LogisticRegression, exported with ZipMap
parquet/    one small table as pandas, pyarrow and DuckDB write it

The models' own probabilities are float64 `predict_proba`; onnxruntime's are kept beside them.
"""

import importlib.util
import json
import warnings
from pathlib import Path

import duckdb
import lightgbm as lgb
import numpy as np
import onnxruntime
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import shap
from onnxmltools import convert_lightgbm
from onnxmltools.convert.common.data_types import FloatTensorType as LgbFloat
from skl2onnx import convert_sklearn
from skl2onnx.common.data_types import FloatTensorType
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

warnings.filterwarnings("ignore")
HERE = Path(__file__).parent
DEMO = HERE.parent.parent / "demo" / "german-credit"


def save(folder, name, frame):
    (HERE / folder).mkdir(exist_ok=True)
    frame.to_csv(HERE / folder / name, index=False, float_format="%.12g")


def runtime_probabilities(onnx_bytes, x):
    session = onnxruntime.InferenceSession(onnx_bytes, providers=["CPUExecutionProvider"])
    out = session.run([session.get_outputs()[1].name], {session.get_inputs()[0].name: x})[0]
    return np.array([row[1] for row in out])


def german():
    spec = importlib.util.spec_from_file_location("train", DEMO / "lightgbm" / "train.py")
    train = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(train)
    features = train.read_features(json.loads((DEMO / "dictionary.json").read_text(encoding="utf-8")))
    table = pd.read_csv(DEMO / "german-credit.csv", keep_default_na=False)
    reference = pd.read_csv(DEMO / "reference.csv", keep_default_na=False)
    model = train.fit(train.encode(reference, features), (reference["class"] == "bad").to_numpy(int), features)
    x = train.encode(table, features)
    p = model.predict_proba(x)[:, 1]
    published = pd.read_csv(DEMO / "lightgbm" / "predictions.csv")["probability"].to_numpy()
    assert np.abs(p - published).max() < 1e-12, "the refitted model is not the published one"
    explainer = shap.TreeExplainer(model, feature_perturbation="tree_path_dependent")
    values = explainer.shap_values(x)
    base = float(np.ravel(explainer.expected_value)[-1])
    frame = pd.DataFrame(values, columns=[f["name"] for f in features])
    frame.insert(0, "base", base)
    frame.insert(0, "client_id", table["client_id"])
    save("german", "shap.csv", frame)


def gaps(seed=7, rows=1200, width=10):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(rows, width)).round(3).astype(np.float32)
    x[:, 1] = np.exp(x[:, 1]).round(2)
    x[rng.random((rows, width)) < 0.25] = np.nan
    x[:, 0] = rng.integers(0, 9, rows)  # never missing in training: LightGBM reads NaN as 0 there
    x[rng.random(rows) < 0.05, 2] = np.inf
    x[rng.random(rows) < 0.05, 3] = -np.inf
    x[:, 9] = np.nan  # an all-missing column
    filled = np.nan_to_num(x, nan=-0.5, posinf=3, neginf=-3)
    margin = 0.4 * filled[:, 0] - filled[:, 1] + filled[:, 2] * filled[:, 3] - 1.2 * np.isnan(x[:, 4])
    y = (rng.random(rows) < 1 / (1 + np.exp(-margin))).astype(int)
    model = lgb.LGBMClassifier(n_estimators=40, num_leaves=15, learning_rate=0.1, min_child_samples=10, n_jobs=1, verbose=-1)
    model.fit(x, y)
    extra = x[:200].copy()
    extra[rng.random(extra.shape) < 0.3] = np.nan
    extra[:50, 5] = np.inf
    extra[50:100, 6] = -np.inf
    everything = np.vstack([x, extra])
    onnx = convert_lightgbm(model, initial_types=[("input", LgbFloat([None, width]))], zipmap=True).SerializeToString()
    explainer = shap.TreeExplainer(model, feature_perturbation="tree_path_dependent")
    values = explainer.shap_values(everything)
    names = [f"x{j}" for j in range(width)]
    data = pd.DataFrame(everything, columns=names)
    data.insert(0, "id", [f"{i:04d}" for i in range(len(data))])
    data["y"] = np.concatenate([y, np.full(len(extra), -1)])
    save("gaps", "data.csv", data)
    out = pd.DataFrame(values, columns=names)
    out.insert(0, "base", float(np.ravel(explainer.expected_value)[-1]))
    out.insert(0, "onnxruntime", runtime_probabilities(onnx, everything))
    out.insert(0, "probability", model.predict_proba(everything)[:, 1])
    out.insert(0, "id", data["id"])
    save("gaps", "expected.csv", out)
    (HERE / "gaps" / "model.onnx").write_bytes(onnx)


def pipeline(seed=11):
    rng = np.random.default_rng(seed)
    table = pd.read_csv(DEMO / "german-credit.csv", keep_default_na=False)
    names = ["duration", "credit_amount", "installment_commitment", "age", "existing_credits"]
    x = table[names].to_numpy(np.float32)
    x[rng.random(x.shape) < 0.1] = np.nan
    y = (table["class"] == "bad").to_numpy(int)
    model = make_pipeline(SimpleImputer(strategy="median"), StandardScaler(), LogisticRegression(C=0.5))
    model.fit(x[:800], y[:800])
    onnx = convert_sklearn(model, initial_types=[("X", FloatTensorType([None, len(names)]))]).SerializeToString()
    scaled = model[:-1].transform(x)
    explainer = shap.LinearExplainer(model[-1], shap.maskers.Independent(scaled[:800], max_samples=800))
    data = pd.DataFrame(x, columns=names)
    data.insert(0, "id", table["client_id"])
    data["class"] = table["class"]
    save("pipeline", "data.csv", data)
    out = pd.DataFrame(explainer.shap_values(scaled), columns=names)
    out.insert(0, "base", float(np.ravel(explainer.expected_value)[-1]))
    out.insert(0, "onnxruntime", runtime_probabilities(onnx, x))
    out.insert(0, "probability", model.predict_proba(x)[:, 1])
    out.insert(0, "id", data["id"])
    save("pipeline", "expected.csv", out)
    (HERE / "pipeline" / "model.onnx").write_bytes(onnx)


def parquet():
    folder = HERE / "parquet"
    folder.mkdir(exist_ok=True)
    frame = pd.DataFrame(
        {
            "id": ["007", "008", "009", "010"],
            "float": [1.5, np.nan, np.inf, -2.25],
            "int": np.array([1, -2, 3, 2_000_000_000], dtype=np.int64),
            "nullable": pd.array([1, None, 3, 4], dtype="Int32"),
            "flag": [True, False, True, True],
            "maybe": pd.array([True, None, False, True], dtype="boolean"),
            "text": ["a", "é", None, ""],
            "category": pd.Categorical(["low", "high", None, "low"]),
            "day": pd.to_datetime(["2026-01-31", "2026-02-28", None, "2024-02-29"]),
            "half": np.array([0.5, 1.25, np.nan, -3], dtype=np.float16),
            "small": np.array([1, 2, 3, 255], dtype=np.uint8),
        }
    )
    expected = {
        "id": ["007", "008", "009", "010"],
        "float": ["1.5", "", "Infinity", "-2.25"],
        "int": ["1", "-2", "3", "2000000000"],
        "nullable": ["1", "", "3", "4"],
        "flag": ["1", "0", "1", "1"],
        "maybe": ["1", "", "0", "1"],
        "text": ["a", "é", "", ""],
        "category": ["low", "high", "", "low"],
        "day": ["2026-01-31", "2026-02-28", "", "2024-02-29"],
        "half": ["0.5", "1.25", "", "-3"],
        "small": ["1", "2", "3", "255"],
    }
    (folder / "expected.json").write_text(json.dumps(expected, ensure_ascii=False, indent=1) + "\n")
    for codec in ("snappy", "zstd", "gzip"):
        frame.to_parquet(folder / f"pandas-{codec}.parquet", compression=codec, index=False)
    table = pa.Table.from_pandas(frame, preserve_index=False)
    pq.write_table(table, folder / "pyarrow-split.parquet", compression="gzip", use_dictionary=False,
                   column_encoding={"float": "BYTE_STREAM_SPLIT"}, row_group_size=3)
    pq.write_table(table, folder / "pyarrow-v2-nodict.parquet", compression="none", data_page_version="2.0", use_dictionary=False)
    plain = frame.assign(half=frame["half"].astype(np.float32))
    for codec in ("snappy", "zstd"):
        duckdb.sql(f"COPY plain TO '{folder / f'duckdb-{codec}.parquet'}' (FORMAT parquet, COMPRESSION {codec})")


if __name__ == "__main__":
    for make in (german, gaps, pipeline, parquet):
        make()
        print(make.__name__, "done")
