"""Models that are more than one predictor, rare operators, and explanations that know nothing of a model.

    pip install -r requirements.txt && python composite.py

composite/<name>.onnx   the model as its usual exporter writes it; the last ones are written by hand with
                        operators that newer exporters use
composite/expected.csv  the library's own P(default) of families/data.csv, gaps filled with 0 but for the last ones
composite/power.csv     linear SHAP of the first 100 rows of `logistic-power`
composite/kernel.csv    shap.KernelExplainer (no L1) of the first 12 rows of `pca-boosting` against rows 100 .. 120
composite/lime.csv      lime's weights over 30 seeds for three rows of `pca-boosting`: mean and spread
composite/neighbours.csv  one run of lime on row 0: whether each drawn row is in its bins, the output; lime's weights
                        and intercept are the last two lines of `lime.csv`
composite/importance.csv  scikit-learn's permutation importance of `pca-boosting` (ROC AUC, rows 800 on, 50 repeats)
composite/dependence.csv  scikit-learn's partial dependence of `pca-boosting` on age over the first 300 rows
composite/gain.csv      scikit-learn's Gini importances of families/random-forest-all-rows, of all its rows
"""

import lime.lime_base
import lime.lime_tabular
import numpy as np
import onnxruntime
import pandas as pd
import shap
from families import *  # noqa: F403
from families import HERE, NUMBERS, TRAINED, frame, mixed, table, whole, y
from onnx import TensorProto, helper
from sklearn.calibration import CalibratedClassifierCV
from sklearn.inspection import partial_dependence, permutation_importance
from sklearn.preprocessing import Normalizer, PowerTransformer

OUT = HERE / "composite"
whole7 = whole[:, : len(NUMBERS)]
expected = pd.DataFrame({"id": table["client_id"]})


def keep(name, onnx_model, p):
    (OUT / f"{name}.onnx").write_bytes(onnx_model.SerializeToString())
    expected[name] = p
    print(name)


def sklearn_model(name, model, of_graph=False):
    """of_graph: the exporter writes another function than scikit-learn computes; the graph's own scores are kept."""
    model.fit(whole7[:TRAINED], y[:TRAINED])
    exported = convert_sklearn(model, initial_types=[("X", FloatTensorType([None, len(NUMBERS)]))], options={id(model): {"zipmap": False}})
    p = model.predict_proba(whole7)[:, 1]
    if of_graph:
        scored = onnxruntime.InferenceSession(exported.SerializeToString()).run(["probabilities"], {"X": whole7})[0][:, 1]
        print(f"  the graph differs from scikit-learn by {np.abs(scored - p).max():.2g}")
        p = scored.astype(float)
    keep(name, exported, p)
    return model


def attributes(node):
    return {a.name: helper.get_attribute_value(a) for a in node.attribute}


def as_version_5(boosting):
    """The trees of a LightGBM export in one TreeEnsemble of ai.onnx.ml 5, behind a Sigmoid: P of shape [n, 1]."""
    old = attributes(boosting.graph.node[0])
    at = {}
    splits, leaves = [], []
    for i, (tree, node, mode) in enumerate(zip(old["nodes_treeids"], old["nodes_nodeids"], old["nodes_modes"])):
        kind = leaves if mode == b"LEAF" else splits
        at[tree, node] = (kind is leaves, len(kind))
        kind.append(i)
    weight = {(t, n): w for t, n, w in zip(old["class_treeids"], old["class_nodeids"], old["class_weights"])}
    key = lambda i: (old["nodes_treeids"][i], old["nodes_nodeids"][i])
    child = lambda i, side: at[old["nodes_treeids"][i], old[f"nodes_{side}nodeids"][i]]
    floats = lambda name, values: helper.make_tensor(name, TensorProto.FLOAT, [len(values)], values)
    is_child = {(key(i)[0], old[f"nodes_{side}nodeids"][i]) for i in splits for side in ("true", "false")}
    node = helper.make_node(
        "TreeEnsemble", ["X"], ["score"], domain="ai.onnx.ml", n_targets=1, aggregate_function=1, post_transform=0,
        nodes_splits=floats("s", [old["nodes_values"][i] for i in splits]),
        nodes_featureids=[old["nodes_featureids"][i] for i in splits],
        nodes_modes=helper.make_tensor("m", TensorProto.UINT8, [len(splits)], [{b"BRANCH_LEQ": 0, b"BRANCH_LT": 1}[old["nodes_modes"][i]] for i in splits]),
        nodes_truenodeids=[child(i, "true")[1] for i in splits],
        nodes_trueleafs=[int(child(i, "true")[0]) for i in splits],
        nodes_falsenodeids=[child(i, "false")[1] for i in splits],
        nodes_falseleafs=[int(child(i, "false")[0]) for i in splits],
        nodes_missing_value_tracks_true=[old["nodes_missing_value_tracks_true"][i] for i in splits],
        leaf_targetids=[0] * len(leaves),
        leaf_weights=floats("w", [weight[key(i)] for i in leaves]),
        tree_roots=[at[key(i)][1] for i in splits if key(i) not in is_child],
    )
    return by_hand([node, helper.make_node("Sigmoid", ["score"], ["p"])], 5)


def by_hand(nodes, version, initializers=(), shape=(None, 1)):
    graph = helper.make_graph(
        nodes, "g", [helper.make_tensor_value_info("X", TensorProto.FLOAT, [None, mixed.shape[1]])],
        [helper.make_tensor_value_info("p", TensorProto.FLOAT, shape)], list(initializers),
    )
    opsets = [helper.make_opsetid("", 18), helper.make_opsetid("ai.onnx.ml", version)]
    return helper.make_model(graph, opset_imports=opsets, ir_version=9)


def one_class(boosting, flat):
    """The same classifier, its second probability alone: [n, 1] by Gather, or [n] by Slice and Squeeze."""
    ensemble = boosting.graph.node[0]
    ensemble.input[0] = "X"
    ensemble.output[:] = ["label", "both"]
    ints = lambda name, *values: helper.make_tensor(name, TensorProto.INT64, [len(values)], values)
    if not flat:
        return by_hand([ensemble, helper.make_node("Gather", ["both", "one"], ["p"], axis=1)], 3, [ints("one", 1)])
    nodes = [ensemble, helper.make_node("Slice", ["both", "one", "two", "axis"], ["cut"]), helper.make_node("Squeeze", ["cut", "axis"], ["p"])]
    return by_hand(nodes, 3, [ints("one", 1), ints("two", 2), ints("axis", 1)], [None])


def regressor(boosting):
    """The raw score by TreeEnsembleRegressor, behind a Sigmoid."""
    old = attributes(boosting.graph.node[0])
    kept = {k: v for k, v in old.items() if k.startswith("nodes_")}
    target = {k.replace("class_", "target_"): v for k, v in old.items() if k.startswith("class_")}
    node = helper.make_node("TreeEnsembleRegressor", ["X"], ["score"], domain="ai.onnx.ml", n_targets=1, **kept, **target)
    return by_hand([node, helper.make_node("Sigmoid", ["score"], ["p"])], 3)


def power_shap(model):
    changed = model[:-1].transform(whole7)
    mean, weights = changed[:TRAINED].mean(axis=0), model[-1].coef_[0]
    out = pd.DataFrame((changed[:100] - mean) * weights, columns=NUMBERS)
    out.insert(0, "base", model[-1].intercept_[0] + mean @ weights)
    out.to_csv(OUT / "power.csv", index=False, float_format="%.12g")


def kernel(model):
    explainer = shap.KernelExplainer(lambda x: model.predict_proba(x)[:, 1], whole7[100:120].astype(float))
    values = explainer.shap_values(whole7[:12].astype(float), l1_reg=0, silent=True)
    out = pd.DataFrame(values, columns=NUMBERS)
    out.insert(0, "base", explainer.expected_value)
    out.to_csv(OUT / "kernel.csv", index=False, float_format="%.12g")


def lime_weights(model):
    predict = lambda x: model.predict_proba(x.astype(np.float32))
    run = lambda row, seed, samples=5000: lime.lime_tabular.LimeTabularExplainer(
        whole7[:TRAINED].astype(float), feature_selection="none", discretize_continuous=True, random_state=seed
    ).explain_instance(whole7[row].astype(float), predict, labels=(1,), num_features=len(NUMBERS), num_samples=samples)
    lines = []
    for row in range(3):
        seeds = np.array([[dict(run(row, seed).local_exp[1])[j] for j in range(len(NUMBERS))] for seed in range(30)])
        lines.append(["mean", row, *seeds.mean(axis=0)])
        lines.append(["spread", row, *seeds.std(axis=0)])
    kept = {}
    plain = lime.lime_base.LimeBase.explain_instance_with_data

    def watched(self, data, labels, distances, label, *rest, **more):
        kept["data"], kept["labels"] = data, labels[:, label]
        return plain(self, data, labels, distances, label, *rest, **more)

    lime.lime_base.LimeBase.explain_instance_with_data = watched
    one = run(0, 7, 600)
    lime.lime_base.LimeBase.explain_instance_with_data = plain
    lines.append(["one", 0, *[dict(one.local_exp[1])[j] for j in range(len(NUMBERS))]])
    lines.append(["intercept", 0, one.intercept[1], *[0] * (len(NUMBERS) - 1)])
    pd.DataFrame(lines, columns=["what", "row", *NUMBERS]).to_csv(OUT / "lime.csv", index=False, float_format="%.12g")
    near = pd.DataFrame(kept["data"].astype(int), columns=NUMBERS)
    near["output"] = kept["labels"]
    near.to_csv(OUT / "neighbours.csv", index=False, float_format="%.17g")


def global_figures(model):
    found = permutation_importance(model, whole7[TRAINED:], y[TRAINED:], scoring="roc_auc", n_repeats=50, random_state=0)
    pd.DataFrame({"column": NUMBERS, "mean": found.importances_mean, "spread": found.importances_std}).to_csv(
        OUT / "importance.csv", index=False, float_format="%.12g")
    ages = np.array([20.0, 25, 30, 40, 50, 65])
    got = partial_dependence(model, whole7[:300], [NUMBERS.index("age")], custom_values={NUMBERS.index("age"): ages}, method="brute", response_method="predict_proba")
    pd.DataFrame({"age": ages, "mean": got["average"][0]}).to_csv(OUT / "dependence.csv", index=False, float_format="%.12g")
    forest = RandomForestClassifier(n_estimators=20, max_depth=6, bootstrap=False, random_state=0).fit(whole[:TRAINED], y[:TRAINED])
    raw = sum(tree.tree_.compute_feature_importances(normalize=False) for tree in forest.estimators_)
    pd.DataFrame({"column": NUMBERS + CATEGORIES, "gain": raw / raw.sum()}).to_csv(OUT / "gain.csv", index=False, float_format="%.12g")


if __name__ == "__main__":
    OUT.mkdir(exist_ok=True)
    sklearn_model("calibrated-sigmoid", CalibratedClassifierCV(GradientBoostingClassifier(n_estimators=10, random_state=0), cv=3))
    sklearn_model("calibrated-logistic", CalibratedClassifierCV(LogisticRegression(max_iter=3000), cv=3))
    sklearn_model("calibrated-isotonic", CalibratedClassifierCV(LogisticRegression(max_iter=3000), method="isotonic", cv=3), of_graph=True)  # nearest step, where scikit-learn interpolates
    power_shap(sklearn_model("logistic-power", make_pipeline(SimpleImputer(), PowerTransformer(), LogisticRegression(max_iter=3000))))
    sklearn_model("logistic-normalizer", make_pipeline(SimpleImputer(), Normalizer(), LogisticRegression(max_iter=3000)))
    boosted = sklearn_model("pca-boosting", make_pipeline(StandardScaler(), PCA(4), GradientBoostingClassifier(n_estimators=20, random_state=0)))
    kernel(boosted)
    lime_weights(boosted)
    global_figures(boosted)
    model = lgb.LGBMClassifier(n_estimators=30, num_leaves=15, n_jobs=1, verbose=-1).fit(mixed[:TRAINED], y[:TRAINED])
    convert = lambda: convert_lightgbm(model, initial_types=[("X", BoosterFloat([None, mixed.shape[1]]))], zipmap=False)
    p = model.predict_proba(mixed)[:, 1]
    keep("tree-ensemble-5", as_version_5(convert()), p)
    keep("one-column", one_class(convert(), False), p)
    keep("flat", one_class(convert(), True), p)
    keep("regressor", regressor(convert()), p)
    expected.to_csv(OUT / "expected.csv", index=False, float_format="%.12g")
