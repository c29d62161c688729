"""Scores of the demo's 1,000 clients by native onnxruntime, from the published model and the raw table.

Run after a build:  pip install -r requirements.txt && python demo.py    (writes demo.csv)
"""

from pathlib import Path

import numpy as np
import onnxruntime
import pandas as pd

HERE = Path(__file__).parent
ROOT = HERE.parent.parent


def main():
    model = str(ROOT / "public/bundles/german-credit/model.onnx")
    session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
    table = pd.read_csv(ROOT / "demo/german-credit/german-credit.csv", keep_default_na=False)
    feeds = {}
    for wanted in session.get_inputs():
        kind = object if wanted.type == "tensor(string)" else np.float64
        feeds[wanted.name] = table[wanted.name].to_numpy(kind).reshape(-1, 1)
    probability = session.run(["probabilities"], feeds)[0][:, 1]
    scores = pd.DataFrame({"client_id": table["client_id"], "probability": probability})
    scores.to_csv(HERE / "demo.csv", index=False)


if __name__ == "__main__":
    main()
