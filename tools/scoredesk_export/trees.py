"""The trees of each library as its own prediction walks them, and as one TreeEnsemble of ai.onnx.ml 5 in double."""

import json
import math
import tempfile
from pathlib import Path

import numpy as np

from .common import Stop
from .graph import ML

LEQ, LT, GT, MEMBER = 0, 1, 3, 6
NO_LEVEL = -1.0  # the code of a value that is no level
LARGEST = np.finfo(float).max


class Tree:
    """
    A tree as lists, one entry a node, the root first. mode: LEQ, LT, GT or MEMBER, None in a leaf; at: the threshold, or the
    codes of the set; yes, no: positions of the children; gap: whether NaN goes to yes; value: of a leaf.
    """

    def __init__(self):
        self.feature, self.mode, self.at, self.yes, self.no, self.gap, self.value, self.cover = ([] for _ in range(8))

    def leaf(self, value, cover):
        return self.add(-1, None, 0.0, False, value, cover)

    def add(self, feature, mode, at, gap, value, cover):
        for field, entry in zip((self.feature, self.mode, self.at, self.yes, self.no, self.gap, self.value, self.cover),
                                (feature, mode, at, -1, -1, gap, value, cover)):
            field.append(entry)
        return len(self.feature) - 1


def grown(look, root):
    """
    A tree, by what `look(key)` says of a node: (value, cover) of a leaf, (feature, mode, at, gap, cover, yes key, no key) of a split.
    """
    tree, pending = Tree(), [(root, None, None)]
    while pending:
        key, parent, side = pending.pop()
        told = look(key)
        if len(told) == 2:
            own = tree.leaf(*told)
        else:
            feature, mode, at, gap, cover, yes, no = told
            own = tree.add(feature, mode, at, gap, 0.0, cover)
            pending += [(no, own, tree.no), (yes, own, tree.yes)]
        if parent is not None:
            side[parent] = own
    return tree


# ---- one ensemble node ----

def ensemble(matrix, trees, base=0.0):
    """Sum of the trees and base: the name of a tensor [None, 1]."""
    graph = matrix.graph
    splits = {key: [] for key in ("feature", "mode", "at", "yes", "yesleaf", "no", "noleaf", "gap", "cover")}
    sets, leaves, covers, roots = [], [], [], []
    for tree in trees:
        if tree.mode[0] is None:
            base += tree.value[0]  # a tree that is one leaf
            continue
        first = len(splits["mode"])
        inner = np.array([mode is not None for mode in tree.mode])
        place = np.where(inner, first + np.cumsum(inner) - 1, len(leaves) + np.cumsum(~inner) - 1).tolist()
        roots.append(first)
        leaves += [value for value, split in zip(tree.value, inner) if not split]
        covers += [cover for cover, split in zip(tree.cover, inner) if not split]
        for node, mode in enumerate(tree.mode):
            if mode is None:
                continue
            if mode == MEMBER:
                sets += [*sorted(tree.at[node]), math.nan]
            yes, no = tree.yes[node], tree.no[node]
            entry = (tree.feature[node], mode, 0.0 if mode == MEMBER else tree.at[node], place[yes], tree.mode[yes] is None,
                     place[no], tree.mode[no] is None, tree.gap[node], tree.cover[node])
            for key, value in zip(splits, entry):
                splits[key].append(value)
    if not roots:
        return graph.op("Add", graph.op("Mul", matrix.select([0]).tensor, np.array([0.0])), np.array([base]))
    whole = lambda key: [int(v) for v in splits[key]]
    double = lambda values: graph.tensor(np.array(values, float))
    known = all(c is not None for c in covers)
    attributes = dict(
        nodes_featureids=whole("feature"), nodes_modes=graph.tensor(np.array(splits["mode"], np.uint8)),
        nodes_splits=double(splits["at"]), nodes_truenodeids=whole("yes"), nodes_trueleafs=whole("yesleaf"),
        nodes_falsenodeids=whole("no"), nodes_falseleafs=whole("noleaf"), nodes_missing_value_tracks_true=whole("gap"),
        leaf_weights=double(leaves), leaf_targetids=[0] * len(leaves), tree_roots=roots, n_targets=1, aggregate_function=1, post_transform=0)
    if sets:
        attributes["membership_values"] = double(sets)
    made = graph.op("TreeEnsemble", matrix.tensor, domain=ML, **attributes)
    if known:  # the operator takes them as float32, and of splits alone
        graph.constant(np.array(splits["cover"] + covers, float), f"{made}_hitrates")
    return graph.op("Add", made, np.array([base])) if base else made


# ---- the libraries ----

def lightgbm_trees(booster):
    """
    As LightGBM's Tree::NumericalDecision and CategoricalDecision: a gap is 0 where `missing_type` is None, goes where
    `default_left` says otherwise, and is in no set of categories. Gives trees and the features whose zeros are gaps.
    """
    told = booster.dump_model()
    zeros = set()
    scale = 1.0
    objective = (told.get("objective") or "").split()
    for word in objective[1:]:
        if word.startswith("sigmoid:"):
            scale = float(word.split(":")[1])
    average = "\naverage_output\n" in booster.model_to_string(num_iteration=1)
    factor = scale / len(told["tree_info"]) if average else scale

    def look(node):
        if "split_feature" not in node:
            return node["leaf_value"] * factor, node.get("leaf_count", node.get("leaf_weight"))
        feature, cover = node["split_feature"], node["internal_count"]
        if node["decision_type"] == "==":
            codes = [float(code) for code in str(node["threshold"]).split("||")]
            return feature, MEMBER, codes, False, cover, node["left_child"], node["right_child"]
        at = max(-LARGEST, min(LARGEST, float(node["threshold"])))
        kind = node["missing_type"]
        if kind == "Zero":
            zeros.add(feature)
        gap = 0 <= at if kind == "None" else bool(node["default_left"])
        return feature, LEQ, at, gap, cover, node["left_child"], node["right_child"]
    if "\nis_linear=1" in booster.model_to_string():
        raise Stop("this LightGBM was trained with linear_tree: its leaves are formulas, which no tree of ONNX holds; train it without")
    trees = [grown(look, tree["tree_structure"]) for tree in told["tree_info"]]
    total = told["tree_info"][0]["tree_structure"].get("internal_count") if told["tree_info"] else None
    for tree in trees:  # a tree that is one leaf says nothing of its rows
        tree.cover = [total if c is None else c for c in tree.cover]
    return trees, zeros


def xgboost_model(model):
    """`learner` of an XGBoost model as its JSON has it, and how many trees count."""
    booster = model.get_booster()
    learner = json.loads(booster.save_raw("json"))["learner"]
    best = getattr(model, "best_iteration", None) if booster.attr("best_iteration") is not None else None
    return learner, best


def xgboost_trees(learner, best):
    """Values are float32: `<` of the value as float32; codes of a set go right, all else and unknown codes left. Covers are hessians."""
    boosted = learner["gradient_booster"]
    drops = boosted.get("weight_drop")
    inner = boosted.get("gbtree", boosted)["model"]
    count = len(inner["trees"])
    if best is not None:
        ends = inner.get("iteration_indptr")
        parallel = int(inner["gbtree_model_param"].get("num_parallel_tree", 1))
        count = ends[best + 1] if ends else (best + 1) * parallel

    def tree(t, factor):
        codes = {node: t["categories"][start:start + size] for node, start, size
                 in zip(t["categories_nodes"], t["categories_segments"], t["categories_sizes"])}

        def look(i):
            cover, left, right = t["sum_hessian"][i], t["left_children"][i], t["right_children"][i]
            if left < 0:
                # split_conditions of a leaf is its value, and of float32
                return float(np.float32(t["split_conditions"][i]) * np.float32(factor)), cover
            gap = bool(t["default_left"][i])
            if i in codes:
                return t["split_indices"][i], MEMBER, [float(c) for c in codes[i]], not gap, cover, right, left
            return t["split_indices"][i], LT, float(np.float32(t["split_conditions"][i])), gap, cover, left, right
        return grown(look, 0)
    return [tree(t, drops[i] if drops else 1.0) for i, t in enumerate(inner["trees"][:count])]


def xgboost_base(learner):
    """The margin that all rows begin with."""
    base = np.float32(float(str(learner["learner_model_param"]["base_score"]).strip("[]").split(",")[0]))
    return float(-np.log(np.float32(1) / base - np.float32(1)))


def catboost_model(model):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.json"
        model.save_model(str(path), format="json")
        return json.loads(path.read_text(encoding="utf-8"))


def catboost_trees(told):
    """`>` of the value as float32; oblivious trees (the last split is the root) or trees with children. Gives trees and base."""
    info = told["features_info"]
    flat = {f["feature_index"]: f["flat_feature_index"] for f in info.get("float_features", [])}
    gaps = {f["feature_index"]: f.get("nan_value_treatment", "AsIs") == "AsTrue" for f in info.get("float_features", [])}
    scale, bias = told.get("scale_and_bias", [1, [0]])
    bias = bias[0] if isinstance(bias, list) else bias

    def split_of(split):
        if split.get("split_type", "FloatFeature") != "FloatFeature":
            raise Stop("this CatBoost splits on statistics of its categories or texts, which no tree of ONNX holds: "
                       "train it on codes or one-hot columns, or with LightGBM, which takes categories as they are")
        return flat[split["float_feature_index"]], GT, float(np.float32(split["border"])), gaps[split["float_feature_index"]]

    def oblivious(t):
        def look(key):
            depth, leaf = key
            weights = t.get("leaf_weights")
            cover = float(sum(weights[leaf:leaf + (1 << depth)])) if weights else None
            if depth == 0:
                return t["leaf_values"][leaf] * scale, cover
            bit = 1 << (depth - 1)
            return (*split_of(t["splits"][depth - 1]), cover, (depth - 1, leaf | bit), (depth - 1, leaf))
        return grown(look, (len(t.get("splits") or []), 0))

    def other(t):
        def weight(node):
            return node["weight"] if "value" in node else weight(node["left"]) + weight(node["right"])

        def look(node):
            if "value" in node:
                value = node["value"][0] if isinstance(node["value"], list) else node["value"]
                return value * scale, node.get("weight")
            return (*split_of(node["split"]), weight(node), node["right"], node["left"])
        return grown(look, t)
    made = [oblivious(t) for t in told["oblivious_trees"]] if "oblivious_trees" in told else [other(t) for t in told["trees"]]
    return made, float(bias)


def sklearn_tree(t, value):
    """A tree_ of scikit-learn: the value as float32 against a double threshold. value(node's value): of a leaf"""
    fields = [a.tolist() for a in (t.weighted_n_node_samples, t.feature, t.threshold, t.children_left, t.children_right)]
    gaps = t.missing_go_to_left.tolist() if hasattr(t, "missing_go_to_left") else None

    def look(i):
        cover, feature, at, yes, no = (field[i] for field in fields)
        if yes < 0:
            return value(t.value[i]), cover
        return feature, LEQ, at, bool(gaps[i]) if gaps else False, cover, yes, no
    return grown(look, 0)


def share_of(index):
    """Of a classifying leaf: the share of its rows that are of the class."""
    return lambda counts: float(counts[0, index] / counts[0].sum())


def histogram_trees(model, codes):
    """
    HistGradientBoosting's: gaps, negative and unknown codes go where `missing_go_to_left` says. codes(feature): the code that
    the model gives to each of our own codes, None for numbers.
    """
    def tree(predictor):
        nodes, lefts = predictor.nodes, predictor.raw_left_cat_bitsets

        def look(i):
            node = nodes[i]
            cover, value = int(node["count"]), float(node["value"])
            if node["is_leaf"]:
                return value, cover
            feature, yes, no, gap = int(node["feature_idx"]), int(node["left"]), int(node["right"]), bool(node["missing_go_to_left"])
            if not node["is_categorical"]:
                at = max(-LARGEST, min(LARGEST, float(node["num_threshold"])))
                return feature, LEQ, at, gap, cover, yes, no
            bits = lefts[node["bitset_idx"]]
            held = lambda code: bool(bits[int(code) >> 5] >> (int(code) & 31) & 1)
            own, known = codes(feature)
            member = [float(c) for c, theirs in own.items() if (held(theirs) if theirs in known else gap)]
            return feature, MEMBER, member + ([NO_LEVEL] if gap else []) or [-2.0], gap, cover, yes, no
        return grown(look, 0)
    return [tree(one[0]) for one in model._predictors]
