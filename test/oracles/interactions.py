"""shap's and Woodelf's interaction values (path-dependent), of the model and the first and last rows of gaps/.

    pip install -r requirements.txt && python interactions.py
"""

import json
from pathlib import Path

import lightgbm as lgb
import numpy as np
import pandas as pd
import shap
import woodelf

HERE = Path(__file__).parent
ROWS = 60

data = pd.read_csv(HERE / "gaps" / "data.csv")
names = [f"x{j}" for j in range(10)]
x = data[names].to_numpy(np.float32)
known = data["y"].to_numpy() >= 0
# As make.py trains it.
model = lgb.LGBMClassifier(n_estimators=40, num_leaves=15, learning_rate=0.1, min_child_samples=10, n_jobs=1, verbose=-1)
model.fit(x[known], data["y"].to_numpy()[known])
expected = pd.read_csv(HERE / "gaps" / "expected.csv")
assert np.abs(model.predict_proba(x)[:, 1] - expected["probability"]).max() < 1e-9
rows = np.r_[0:ROWS // 2, len(x) - ROWS // 2 : len(x)]
explainer = shap.TreeExplainer(model, feature_perturbation="tree_path_dependent")
values = np.asarray(explainer.shap_interaction_values(x[rows]))
if values.ndim == 4:
    values = values[..., -1] if values.shape[-1] == 2 else values[-1]
frame = pd.DataFrame(x[rows], columns=model.booster_.feature_name())
woodelfs = np.asarray(woodelf.WoodelfExplainer(model.booster_).shap_interaction_values(frame, verbose=False))
assert np.abs(woodelfs - values).max() < 2e-6
plain = lambda rows: [[float(f"{v:.12g}") for v in row.ravel()] for row in rows]
found = {
    "made by": f"shap {shap.__version__}, lightgbm {lgb.__version__}, woodelf-explainer 0.4.8",
    "rows": rows.tolist(),
    "values": plain(values),
    "woodelf": plain(woodelfs),
}
(HERE / "interactions.json").write_text(json.dumps(found) + "\n", encoding="utf-8")
