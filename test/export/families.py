"""Every family that the export script takes, on one table with text and gaps: trained, exported, compared on every row.

    pip install -r ../oracles/requirements.txt imbalanced-learn optbinning && python families.py [--table F --id COL --target COL] [--only NAME] [--keep DIR]

The table is the demo's with gaps made in a tenth of its cells, or one of your own (raw rows: text, gaps). Prints the table of
docs/your-model.md: the largest difference between the library's probability and model.onnx in onnxruntime, over all rows.
"""

import argparse
import os
import pickle
import subprocess
import sys
import tempfile
import warnings
from pathlib import Path

os.environ["OMP_NUM_THREADS"] = "1"

import catboost as cb
import lightgbm as lgb
import numpy as np
import pandas as pd
import xgboost as xgb
from sklearn.calibration import CalibratedClassifierCV
from sklearn.compose import ColumnTransformer, make_column_selector
from sklearn.decomposition import PCA
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.ensemble import (AdaBoostClassifier, BaggingClassifier, ExtraTreesClassifier, GradientBoostingClassifier, HistGradientBoostingClassifier,
                              RandomForestClassifier, StackingClassifier, VotingClassifier)
from sklearn.feature_selection import SelectKBest, VarianceThreshold
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression, SGDClassifier
from sklearn.model_selection import GridSearchCV
from sklearn.neighbors import KNeighborsClassifier
from sklearn.naive_bayes import BernoulliNB, GaussianNB
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import FeatureUnion, make_pipeline
from sklearn.preprocessing import (KBinsDiscretizer, MaxAbsScaler, MinMaxScaler, OneHotEncoder, OrdinalEncoder, PowerTransformer,
                                   QuantileTransformer, RobustScaler, StandardScaler)
from sklearn.svm import SVC
from sklearn.tree import DecisionTreeClassifier

try:
    from sklearn.preprocessing import TargetEncoder
except ImportError:  # before scikit-learn 1.3
    TargetEncoder = None

warnings.filterwarnings("ignore")
HERE = Path(__file__).parent
TOOL = HERE.parent.parent / "tools/scoredesk_export.py"
BOOSTED = dict(n_estimators=30, n_jobs=1)


def demo():
    table = pd.read_csv(HERE.parent.parent / "demo/german-credit/german-credit.csv")
    table["class"] = (table["class"] == "bad").astype(int)
    random = np.random.default_rng(7)
    features = [c for c in table if c not in ("client_id", "class")]
    return table.assign(**table[features].mask(random.random((len(table), len(features))) < 0.1)), "client_id", "class"


def as_categories(x):
    return x.assign(**{c: x[c].astype("category") for c in x if not pd.api.types.is_numeric_dtype(x[c])})


def numbers_of(x):
    return [c for c in x if pd.api.types.is_numeric_dtype(x[c])]


def families(x, y):
    """name: (model fitted, the rows it is given)"""
    categories, numbers = as_categories(x), numbers_of(x)
    texts = [c for c in x if c not in numbers]
    gaps = x[numbers]
    filled = gaps.fillna(gaps.median())
    mask = np.array([c in numbers for c in x])

    def columns(scaler=None, encoder=None, impute=None, text="most_frequent", **how):
        steps = [impute or SimpleImputer(strategy="median", **how)] + ([scaler] if scaler is not None else [])
        return ColumnTransformer([("n", make_pipeline(*steps), numbers),
                                  ("t", make_pipeline(SimpleImputer(strategy=text), encoder or OneHotEncoder(handle_unknown="ignore")), texts)])

    def pipe(final, *between, **how):
        return make_pipeline(columns(**how), *between, final).fit(x, y)
    forest = lambda: RandomForestClassifier(20, max_depth=6, random_state=0)
    logistic = lambda: LogisticRegression(max_iter=300)
    bare = ColumnTransformer([("n", SimpleImputer(), make_column_selector(dtype_include="number")), ("t", OneHotEncoder(handle_unknown="ignore", min_frequency=0.02), texts)])
    rest = ColumnTransformer([("t", OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1, encoded_missing_value=-2), texts)], remainder="passthrough")
    masked = lambda: ColumnTransformer([("n", SimpleImputer(add_indicator=True), mask), ("t", TargetEncoder(random_state=0), ~mask)])
    union = FeatureUnion([("s", StandardScaler()), ("m", MinMaxScaler())])
    early = lambda: xgb.XGBClassifier(n_estimators=200, learning_rate=0.5, early_stopping_rounds=3, n_jobs=1).fit(gaps, y, eval_set=[(gaps[:300], y[:300])], verbose=False)
    made = {
        "LightGBM, pandas categories and gaps": lambda: (lgb.LGBMClassifier(**BOOSTED, verbose=-1).fit(categories, y), x),
        "LightGBM, dart": lambda: (lgb.LGBMClassifier(**BOOSTED, boosting_type="dart", verbose=-1).fit(categories, y), x),
        "LightGBM, rf": lambda: (lgb.LGBMClassifier(**BOOSTED, boosting_type="rf", subsample=.6, subsample_freq=1, verbose=-1).fit(categories, y), x),
        "LightGBM, zero_as_missing": lambda: (lgb.LGBMClassifier(**BOOSTED, zero_as_missing=True, verbose=-1).fit(gaps, y), gaps),
        "XGBoost, pandas categories and gaps": lambda: (xgb.XGBClassifier(**BOOSTED, enable_categorical=True, tree_method="hist").fit(categories, y), categories),
        "XGBoost, early stopping": lambda: (early(), gaps),
        "XGBoost, dart": lambda: (xgb.XGBClassifier(**BOOSTED, booster="dart", rate_drop=.2).fit(gaps, y), gaps),
        "XGBoost, gblinear": lambda: (xgb.XGBClassifier(**BOOSTED, booster="gblinear").fit(filled, y), filled),
        "XGBoost, forest": lambda: (xgb.XGBRFClassifier(**BOOSTED).fit(gaps, y), gaps),
        "CatBoost, numbers": lambda: (cb.CatBoostClassifier(iterations=30, verbose=0, thread_count=1, allow_writing_files=False).fit(gaps, y), gaps),
        "CatBoost, Lossguide": lambda: (cb.CatBoostClassifier(iterations=20, grow_policy="Lossguide", verbose=0, allow_writing_files=False).fit(gaps, y), gaps),
        "HistGradientBoosting, categories and gaps": lambda: (HistGradientBoostingClassifier(max_iter=30, categorical_features="from_dtype").fit(categories, y), categories),
        "HistGradientBoosting, gaps": lambda: (HistGradientBoostingClassifier(max_iter=30).fit(gaps, y), gaps),
        "gradient boosting": lambda: (GradientBoostingClassifier(n_estimators=30).fit(filled, y), filled),
        "gradient boosting, exponential loss": lambda: (GradientBoostingClassifier(n_estimators=30, loss="exponential").fit(filled, y), filled),
        "random forest, gaps": lambda: (forest().fit(gaps, y), gaps),
        "extra trees": lambda: (ExtraTreesClassifier(20, max_depth=6).fit(filled, y), filled),
        "decision tree": lambda: (DecisionTreeClassifier(max_depth=5).fit(gaps, y), gaps),
        "imputers, one-hot, logistic regression": lambda: (pipe(logistic(), scaler=StandardScaler()), x),
        "imputers, one-hot, random forest": lambda: (pipe(forest()), x),
        "imputers, one-hot, LightGBM": lambda: (pipe(lgb.LGBMClassifier(**BOOSTED, verbose=-1)), x),
        "imputers, one-hot, XGBoost": lambda: (pipe(xgb.XGBClassifier(**BOOSTED), scaler=StandardScaler()), x),
        "one-hot with rare and missing levels, selector": lambda: (make_pipeline(bare, lgb.LGBMClassifier(**BOOSTED, verbose=-1)).fit(x, y), x),
        "ordinal with gaps, passthrough, LightGBM": lambda: (make_pipeline(rest, lgb.LGBMClassifier(**BOOSTED, verbose=-1)).fit(x, y), x),
        "target encoder, boolean masks, indicator": lambda: (make_pipeline(masked(), lgb.LGBMClassifier(**BOOSTED, verbose=-1)).fit(x, y), x),
        "constant fill, drop first": lambda: (pipe(logistic(), text="most_frequent", encoder=OneHotEncoder(drop="first", handle_unknown="ignore"), scaler=RobustScaler()), x),
        "power transform": lambda: (pipe(logistic(), scaler=PowerTransformer()), x),
        "k-bins": lambda: (pipe(logistic(), scaler=KBinsDiscretizer(4, encode="onehot-dense")), x),
        "max-abs, PCA, logistic": lambda: (pipe(logistic(), PCA(3, random_state=0), scaler=MaxAbsScaler(), encoder=OneHotEncoder(handle_unknown="ignore", sparse_output=False)), x),
        "PCA before a forest": lambda: (pipe(forest(), PCA(3, random_state=0), scaler=StandardScaler(), encoder=OneHotEncoder(handle_unknown="ignore", sparse_output=False)), x),
        "feature union, selection": lambda: (make_pipeline(SimpleImputer(), union, VarianceThreshold(), SelectKBest(k=5), logistic()).fit(gaps, y), gaps),
        "grid search's best": lambda: (GridSearchCV(make_pipeline(columns(), forest()), {"randomforestclassifier__max_depth": [3, 4]}, cv=2).fit(x, y), x),
        "soft voting": lambda: (VotingClassifier([("a", pipe(logistic(), scaler=StandardScaler())), ("b", pipe(forest()))], voting="soft", weights=[1, 2]).fit(x, y), x),
        "stacking": lambda: (StackingClassifier([("a", pipe(forest())), ("b", pipe(lgb.LGBMClassifier(**BOOSTED, verbose=-1)))], cv=2).fit(x, y), x),
        "bagging": lambda: (BaggingClassifier(DecisionTreeClassifier(max_depth=4), 8, max_features=.7, random_state=0).fit(filled, y), filled),
        "calibration, sigmoid": lambda: (CalibratedClassifierCV(lgb.LGBMClassifier(**BOOSTED, verbose=-1), cv=3).fit(gaps, y), gaps),
        "calibration, isotonic": lambda: (CalibratedClassifierCV(forest(), method="isotonic", cv=3).fit(gaps, y), gaps),
        "calibrated pipeline": lambda: (CalibratedClassifierCV(make_pipeline(columns(), logistic()), cv=2).fit(x, y), x),
        "MLP": lambda: (pipe(MLPClassifier((8,), max_iter=60, random_state=0), scaler=StandardScaler()), x),
        "Gaussian naive Bayes": lambda: (make_pipeline(SimpleImputer(), StandardScaler(), GaussianNB()).fit(gaps, y), gaps),
        "Bernoulli naive Bayes": lambda: (make_pipeline(SimpleImputer(), StandardScaler(), BernoulliNB()).fit(gaps, y), gaps),
        "linear discriminant analysis": lambda: (make_pipeline(SimpleImputer(), StandardScaler(), LinearDiscriminantAnalysis()).fit(gaps, y), gaps),
        "quantile transform, uniform": lambda: (pipe(logistic(), scaler=QuantileTransformer(n_quantiles=50)), x),
        "quantile transform, normal": lambda: (pipe(logistic(), scaler=QuantileTransformer(n_quantiles=100, output_distribution="normal")), x),
        "nearest neighbours": lambda: (pipe(KNeighborsClassifier(7), scaler=StandardScaler()), x),
        "nearest neighbours, by distance": lambda: (pipe(KNeighborsClassifier(7, weights="distance"), scaler=StandardScaler()), x),
        "support vectors, calibrated": lambda: (CalibratedClassifierCV(pipe(SVC(), scaler=StandardScaler()), cv=2).fit(x, y), x),
        "support vectors, probability": lambda: (pipe(SVC(probability=True, random_state=0), scaler=StandardScaler()), x),
        "AdaBoost": lambda: (AdaBoostClassifier(n_estimators=20, random_state=0).fit(filled, y), filled),
        "SGD": lambda: (make_pipeline(SimpleImputer(), StandardScaler(), SGDClassifier(loss="log_loss", random_state=0)).fit(gaps, y), gaps),
    }
    try:
        from optbinning import BinningProcess, Scorecard
        binning = lambda: BinningProcess(list(x), categorical_variables=texts)
        made["optbinning, binning process"] = lambda: (make_pipeline(binning(), logistic()).fit(x, y), x)
        made["optbinning, scorecard"] = lambda: (Scorecard(binning(), logistic(), scaling_method="min_max", scaling_method_params={"min": 0, "max": 100}).fit(x, y), x)
    except ImportError:
        pass
    try:
        from imblearn.ensemble import BalancedRandomForestClassifier
        from imblearn.over_sampling import RandomOverSampler
        from imblearn.pipeline import make_pipeline as sampled
        made["imblearn pipeline, over-sampled"] = lambda: (sampled(columns(), RandomOverSampler(random_state=0), lgb.LGBMClassifier(**BOOSTED, verbose=-1)).fit(x, y), x)
        made["imblearn balanced forest"] = lambda: (BalancedRandomForestClassifier(15, max_depth=5, random_state=0).fit(filled, y), filled)
    except ImportError:
        pass
    return made


def export(model, rows, table, identity, target, work, out):
    """The largest difference as the script says it, or why not."""
    (work / "model.pkl").write_bytes(pickle.dumps(model))
    frame = rows.copy()
    frame.insert(0, identity, table[identity])
    frame.assign(**{target: table[target]}).to_pickle(work / "rows.pkl")
    done = subprocess.run([sys.executable, str(TOOL), "--model", str(work / "model.pkl"), "--table", str(work / "rows.pkl"), "--id", identity,
                           "--target", target, "--out", str(out)], capture_output=True, text=True)
    said = [line for line in done.stderr.splitlines() if line.startswith("Checked")]
    return float(said[0].split()[-1]) if done.returncode == 0 and said else done.stderr.strip().splitlines()[-1]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--table", type=Path)
    parser.add_argument("--id")
    parser.add_argument("--target")
    parser.add_argument("--only")
    parser.add_argument("--keep", type=Path, help="a folder for what was exported")
    asked = parser.parse_args()
    table, identity, target = (pd.read_csv(asked.table), asked.id, asked.target) if asked.table else demo()
    x, y = table.drop(columns=[identity, target]), table[target].to_numpy()
    failed, older = [], []
    print(f"{len(table):,} rows, {x.shape[1]} columns\n\n| model | largest difference |\n|---|---:|")
    with tempfile.TemporaryDirectory() as work:
        for name, make in families(x, y).items():
            if asked.only and asked.only not in name:
                continue
            try:
                model, rows = make()
            except Exception as error:
                older.append(name)
                print(f"| {name} | these libraries don't train it: {type(error).__name__}, {str(error).splitlines()[0][:80]} |", flush=True)
                continue
            out = (asked.keep or Path(work)) / "".join(c if c.isalnum() else "-" for c in name)
            found = export(model, rows, table, identity, target, Path(work), out)
            failed += [name] if isinstance(found, str) else []
            print(f"| {name} | {found if isinstance(found, str) else f'{found:.0e}'} |", flush=True)
    if older:
        print(f"\n{len(older)} are not trained by these versions.")
    sys.exit(f"not exported: {', '.join(failed)}" if failed else 0)


if __name__ == "__main__":
    main()
