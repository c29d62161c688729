"""
A LightGBM of the demo's data with gaps in its numbers, exported with what it was trained on: the tables on which mistakes are made.

    OMP_NUM_THREADS=1 python make.py
"""

import pickle
import subprocess
import sys
import tempfile
from pathlib import Path

import lightgbm as lgb
import numpy as np
import pandas as pd

HERE = Path(__file__).parent
ROOT = HERE.parent.parent.parent
NUMBERS = ["duration", "credit_amount", "installment_commitment", "age"]
TEXTS = ["checking_status", "purpose", "housing"]

table = pd.read_csv(ROOT / "demo/german-credit/german-credit.csv")[["client_id", *NUMBERS, *TEXTS, "class"]]
random = np.random.default_rng(3)
table[NUMBERS] = table[NUMBERS].mask(random.random((len(table), len(NUMBERS))) < 0.1)
table["age"] = table["age"].fillna(35)  # one column without a gap
trained, unseen = table[:800], table[800:]
rows = trained[NUMBERS + TEXTS].assign(**{c: trained[c].astype("category") for c in TEXTS})
model = lgb.LGBMClassifier(n_estimators=40, num_leaves=7, n_jobs=1, verbose=-1).fit(rows, trained["class"])

trained.to_csv(HERE / "training.csv", index=False)
unseen.to_csv(HERE / "unseen.csv", index=False)
with tempfile.TemporaryDirectory() as folder:
    (Path(folder) / "model.pkl").write_bytes(pickle.dumps(model))
    subprocess.run([sys.executable, ROOT / "tools/scoredesk_export.py", "--model", f"{folder}/model.pkl", "--table", HERE / "unseen.csv",
                    "--training", HERE / "training.csv", "--id", "client_id", "--target", "class", "--out", f"{folder}/out"], check=True)
    for name in ("model.onnx", "predictions.csv"):
        (HERE / name).write_bytes((Path(folder) / "out" / name).read_bytes())
