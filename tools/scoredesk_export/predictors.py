"""Classifiers as graphs: the probability of their second class, as their own library computes it."""

import numpy as np

from .common import Stop, is_gap, kind_of
from .graph import Column, Matrix, joined
from .preparation import by_bins, is_sampler, prepared, row
from .trees import (catboost_model, catboost_trees, ensemble, histogram_trees, lightgbm_trees, share_of, sklearn_tree,
                    xgboost_base, xgboost_model, xgboost_trees)


def final_of(model):
    """The classifier at the end of a pipeline."""
    return final_of(model.steps[-1][1]) if hasattr(model, "steps") else model


def probability(model, matrix):
    """Name of the tensor [None, 1] of P(classes_[1]). @raises Stop naming what can't be exported"""
    kind = kind_of(model)
    if hasattr(model, "steps"):
        return through(model, matrix, probability)
    if kind in MARGINS:
        return matrix.graph.op("Sigmoid", MARGINS[kind](model, matrix))
    if kind in PROBABILITIES:
        return PROBABILITIES[kind](model, matrix)
    for base in type(model).__mro__[1:]:  # a class of the user's own, or imblearn's, that predicts as its parent does
        if base.__name__ in MARGINS:
            return matrix.graph.op("Sigmoid", MARGINS[base.__name__](model, matrix))
        if base.__name__ in PROBABILITIES:
            return PROBABILITIES[base.__name__](model, matrix)
    raise Stop(f"a {kind} can't be exported: train LightGBM, XGBoost, CatBoost, a forest, boosting or a linear model of scikit-learn, "
               "alone or in a pipeline")


def margin(model, matrix):
    """As `decision_function`; None where the library has none."""
    if hasattr(model, "steps"):
        return through(model, matrix, margin) if hasattr(model, "decision_function") else None
    maker = {**MARGINS, **SCORES}.get(kind_of(model)) if hasattr(model, "decision_function") else None
    return maker(model, matrix) if maker else None


def through(pipeline, matrix, end):
    for _, step in pipeline.steps[:-1]:
        if not is_sampler(step):
            matrix = prepared(step, matrix)
    return end(pipeline.steps[-1][1], matrix)


def numbers(matrix, model):
    """A matrix that may go into a model which takes numbers alone."""
    text = next((c.name for c in matrix.columns if c.levels is not None), None)
    if text is not None:
        raise Stop(f"the model takes numbers and {text} holds text: give the table with the codes it was trained on, "
                   "or --dictionary with the levels in the order of their codes")
    return matrix


# ---- boosting ----

def lightgbm(model, matrix):
    booster = model if kind_of(model) == "Booster" else model.booster_
    trees, zeros = lightgbm_trees(booster)
    if zeros:  # zero_as_missing: LightGBM takes |x| <= 1e-35 (a float32) for a gap
        graph = matrix.graph
        small = graph.op("LessOrEqual", graph.op("Abs", matrix.tensor), row(float(np.float32(1e-35))))
        at = np.array([j in zeros for j in range(len(matrix))])
        matrix = matrix.where(graph.op("And", small, at), [np.nan], levels=True)
    return ensemble(matrix, trees)


def xgboost(model, matrix):
    learner, best = xgboost_model(model)
    missing = getattr(model, "missing", np.nan)
    graph = matrix.graph
    if missing is not None and not is_gap(float(missing)):
        matrix = matrix.where(graph.op("Equal", matrix.tensor, row(float(missing))), [np.nan], levels=True)
    base = xgboost_base(learner)
    matrix = matrix.rounded()
    if learner["gradient_booster"]["name"] == "gblinear":
        weights = np.array(learner["gradient_booster"]["model"]["weights"], float)
        known = matrix.where(graph.op("IsNaN", matrix.tensor), [0.0])  # a gap adds nothing
        return graph.op("Add", graph.op("MatMul", known.tensor, weights[:-1].reshape(-1, 1)), np.array([weights[-1] + base]))
    return ensemble(matrix, xgboost_trees(learner, best), base)


def catboost(model, matrix):
    trees, bias = catboost_trees(catboost_model(model))
    return ensemble(numbers(matrix, model).rounded(), trees, bias)


def gradient_boosting(model, matrix):
    """scikit-learn's: the initial score, then the trees' shares."""
    matrix = numbers(matrix, model).rounded()
    rate = model.learning_rate
    trees = [sklearn_tree(tree.tree_, lambda value: float(value[0, 0]) * rate) for tree in model.estimators_[:, 0]]
    if kind_of(model.init_) not in ("DummyClassifier", "str"):
        raise Stop(f"gradient boosting that begins with a {kind_of(model.init_)} can't be exported: train it without `init`")
    start = np.zeros((1, model.n_features_in_), np.float32)
    base = float(model._raw_predict_init(start)[0, 0])
    made = ensemble(matrix, trees, base)
    return matrix.graph.op("Mul", made, row(2.0)) if model.loss == "exponential" else made


def gradient_boosting_margin(model, matrix):
    if model.loss == "exponential":
        raise Stop("calibrated gradient boosting of the exponential loss can't be exported")
    return gradient_boosting(model, matrix)


def histogram(model, matrix):
    """HistGradientBoosting; its own encoder puts categories first, our codes are of the columns as they come."""
    categorical = model.is_categorical_
    order = list(range(len(matrix)))
    encoder = None
    if categorical is not None and getattr(model, "_preprocessor", None) is not None:
        order = [j for j in order if categorical[j]] + [j for j in order if not categorical[j]]
        encoder = model._preprocessor.named_transformers_["encoder"]
    ordered = matrix.select(order)
    known_bits, positions = model._bin_mapper.make_known_categories_bitsets() if categorical is not None else (None, None)

    def codes(feature):
        bits = known_bits[positions[feature]]
        known = {c for c in range(256) if bits[c >> 5] >> (c & 31) & 1}
        levels = ordered.columns[feature].levels
        if encoder is None:
            return {float(c): c for c in known}, known
        theirs = {c: k for k, c in enumerate(v for v in encoder.categories_[feature] if not is_gap(v))}
        if levels is None:
            return {float(value): k for value, k in theirs.items()}, known
        return {float(i): theirs[level] for i, level in enumerate(levels) if level in theirs}, known
    if encoder is None and categorical is None:
        numbers(matrix, model)
    base = float(np.ravel(model._baseline_prediction)[0])
    return ensemble(ordered, histogram_trees(model, codes), base)


# ---- linear ----

def linear(model, matrix):
    matrix = numbers(matrix, model)
    weights = np.asarray(model.coef_, float).reshape(1, -1)
    product = matrix.graph.op("MatMul", matrix.tensor, np.ascontiguousarray(weights.T))
    return matrix.graph.op("Add", product, row(np.ravel(model.intercept_)[0]))


def logistic(model, matrix):
    """Two classes by a multinomial loss are the difference of two scores that are each other's opposite."""
    made = linear(model, matrix)
    if kind_of(model).startswith("LogisticRegression") and getattr(model, "multi_class", "auto") == "multinomial":
        return matrix.graph.op("Mul", made, row(2.0))
    return made


def stochastic(model, matrix):
    if model.loss not in ("log_loss", "log"):
        raise Stop(f"an SGDClassifier of the loss {model.loss} gives no probabilities that can be exported: train it with loss='log_loss'")
    return linear(model, matrix)


def gaussian(model, matrix):
    """Naive Bayes: the difference of the two classes' log-likelihoods."""
    matrix = numbers(matrix, model)
    graph = matrix.graph
    variance = model.var_ if hasattr(model, "var_") else model.sigma_
    sides = []
    for c in (1, 0):
        squared = matrix.op("Sub", row(model.theta_[c]))
        squared = squared.op("Mul", squared.tensor).op("Div", row(variance[c]))
        total = graph.op("Mul", graph.op("ReduceSum", squared.tensor, np.array([1], np.int64), keepdims=1), row(-0.5))
        sides.append(graph.op("Add", total, row(np.log(model.class_prior_[c]) - 0.5 * np.sum(np.log(2 * np.pi * variance[c])))))
    return graph.op("Sub", *sides)


def bernoulli(model, matrix):
    matrix = numbers(matrix, model)
    if model.binarize is not None:
        truth = matrix.graph.op("Greater", matrix.tensor, row(model.binarize))
        matrix = Matrix(matrix.graph, matrix.graph.cast(truth, "DOUBLE"), matrix.columns)
    absent = np.log(1 - np.exp(model.feature_log_prob_))
    weights = model.feature_log_prob_ - absent
    return weighted(model, matrix, weights[1] - weights[0], (absent[1] - absent[0]).sum())


def multinomial(model, matrix):
    return weighted(model, numbers(matrix, model), model.feature_log_prob_[1] - model.feature_log_prob_[0], 0.0)


def weighted(model, matrix, weights, shift):
    prior = model.class_log_prior_[1] - model.class_log_prior_[0]
    product = matrix.graph.op("MatMul", matrix.tensor, np.asarray(weights, float).reshape(-1, 1))
    return matrix.graph.op("Add", product, row(prior + shift))


def network(model, matrix):
    """MLPClassifier."""
    graph, tensor = matrix.graph, numbers(matrix, model).tensor
    step = {"relu": lambda t: graph.op("Relu", t), "tanh": lambda t: graph.op("Tanh", t), "logistic": lambda t: graph.op("Sigmoid", t),
            "identity": lambda t: t}[model.activation]
    last = len(model.coefs_) - 1
    for k, (weights, shift) in enumerate(zip(model.coefs_, model.intercepts_)):
        tensor = graph.op("Add", graph.op("MatMul", tensor, np.asarray(weights, float)), row(shift))
        tensor = tensor if k == last else step(tensor)
    return tensor


# ---- neighbours, support vectors, votes of trees ----

def neighbours(model, matrix):
    """KNeighborsClassifier: the share of class 1 among the nearest rows of the training, by the Euclidean distance."""
    metric = getattr(model, "effective_metric_", model.metric)
    if metric not in ("euclidean", "minkowski") or (metric == "minkowski" and model.effective_metric_params_.get("p", 2) != 2):
        raise Stop(f"nearest neighbours by the metric {metric} can't be exported: train them with metric='euclidean'")
    if model.weights not in ("uniform", "distance"):
        raise Stop("nearest neighbours weighted by a function are Python, which no file can hold: give weights='uniform' or 'distance'")
    graph, matrix = matrix.graph, numbers(matrix, model)
    rows = np.asarray(model._fit_X, float)
    labels = (np.ravel(model._y) == 1).astype(float)
    axis = np.array([1], np.int64)
    own = graph.op("ReduceSum", graph.op("Mul", matrix.tensor, matrix.tensor), axis, keepdims=1)
    product = graph.op("MatMul", matrix.tensor, np.ascontiguousarray(-2 * rows.T))
    squared = graph.op("Add", graph.op("Add", own, product), (rows ** 2).sum(1))
    nearest, places = graph.both("TopK", squared, np.array([model.n_neighbors], np.int64), axis=1, largest=0, sorted=1)
    found = graph.op("Gather", labels, places, axis=0)
    if model.weights == "uniform":
        return graph.op("ReduceMean", found, axes=[1], keepdims=1)
    distance = graph.op("Sqrt", graph.op("Where", graph.op("Less", nearest, row(0.0)), row(0.0), nearest))
    same = graph.op("Equal", distance, row(0.0))  # a row of the training itself: it alone counts
    met = graph.op("Greater", graph.op("ReduceSum", graph.cast(same, "DOUBLE"), axis, keepdims=1), row(0.0))
    inverse = graph.op("Div", row(1.0), graph.op("Where", same, row(1.0), distance))
    weights = graph.op("Where", met, graph.cast(same, "DOUBLE"), inverse)
    total = graph.op("ReduceSum", weights, axis, keepdims=1)
    return graph.op("Div", graph.op("ReduceSum", graph.op("Mul", found, weights), axis, keepdims=1), total)


def support_vectors(model, matrix):
    """SVC's decision_function."""
    graph, tensor = matrix.graph, numbers(matrix, model).tensor
    if model.kernel not in KERNELS:
        raise Stop("an SVC whose kernel is a function is Python, which no file can hold: train it with kernel='rbf', 'linear', 'poly' or 'sigmoid'")
    vectors = np.asarray(model.support_vectors_, float)
    kernel = KERNELS[model.kernel](graph, tensor, vectors, float(model._gamma), model)
    weights = np.asarray(model.dual_coef_.toarray() if hasattr(model.dual_coef_, "toarray") else model.dual_coef_, float).reshape(-1, 1)
    return graph.op("Add", graph.op("MatMul", kernel, weights), row(np.ravel(model.intercept_)[0]))


def radial(graph, tensor, vectors, gamma, _):
    own = graph.op("ReduceSum", graph.op("Mul", tensor, tensor), np.array([1], np.int64), keepdims=1)
    squared = graph.op("Add", graph.op("Add", own, graph.op("MatMul", tensor, np.ascontiguousarray(-2 * vectors.T))), (vectors ** 2).sum(1))
    return graph.op("Exp", graph.op("Mul", squared, row(-gamma)))


def product_of(graph, tensor, vectors, gamma, model):
    return graph.op("Add", graph.op("MatMul", tensor, np.ascontiguousarray(gamma * vectors.T)), row(float(model.coef0)))


KERNELS = {"rbf": radial, "linear": lambda graph, tensor, vectors, *_: graph.op("MatMul", tensor, np.ascontiguousarray(vectors.T)),
           "poly": lambda graph, *rest: graph.op("Pow", product_of(graph, *rest), row(float(rest[-1].degree))),
           "sigmoid": lambda graph, *rest: graph.op("Tanh", product_of(graph, *rest))}


def support_probability(model, matrix):
    """Platt's sigmoid of the decision, which libsvm keeps within 1e-7 of 0 and 1 and then couples."""
    graph = matrix.graph
    a, b = float(np.ravel(model.probA_)[0]), float(np.ravel(model.probB_)[0])
    score = graph.op("Neg", support_vectors(model, matrix))  # libsvm's own classes stand the other way round
    p = graph.op("Sigmoid", graph.op("Neg", graph.op("Add", graph.op("Mul", score, row(a)), row(b))))
    low = graph.op("Where", graph.op("Less", p, row(1e-7)), row(1e-7), p)
    first = graph.op("Where", graph.op("Greater", low, row(1 - 1e-7)), row(1 - 1e-7), low)
    return coupled(graph, first)[1]


SWEEPS, CLOSE = 3, 0.005 / 2  # of two classes none takes more than two


def coupled(graph, r):
    """
    libsvm's pairwise coupling of two classes (Wu, Lin & Weng 2004), with its start at one half and its early end: scores near
    one half are one half.
    r: P(first class)
    """
    op = graph.op
    mul, add, minus = (lambda a, b: op("Mul", a, b)), (lambda a, b: op("Add", a, b)), (lambda a, b: op("Sub", a, b))
    rest = minus(row(1.0), r)
    q = {(0, 0): mul(rest, rest), (1, 1): mul(r, r), (0, 1): op("Neg", mul(r, rest))}
    q[1, 0] = q[0, 1]
    half = op("Add", mul(r, row(0.0)), row(0.5))
    p = [half, half]
    for _ in range(SWEEPS):
        qp = [add(mul(q[t, 0], p[0]), mul(q[t, 1], p[1])) for t in (0, 1)]
        pqp = add(mul(p[0], qp[0]), mul(p[1], qp[1]))
        far = op("Or", *(op("GreaterOrEqual", op("Abs", minus(one, pqp)), row(CLOSE)) for one in qp))
        new = list(p)
        for t in (0, 1):
            moved = op("Div", minus(pqp, qp[t]), q[t, t])
            whole = add(moved, row(1.0))
            new[t] = add(new[t], moved)
            pqp = op("Div", op("Div", add(pqp, mul(moved, add(mul(moved, q[t, t]), mul(row(2.0), qp[t])))), whole), whole)
            qp = [op("Div", add(qp[j], mul(moved, q[t, j])), whole) for j in (0, 1)]
            new = [op("Div", one, whole) for one in new]
        p = [op("Where", far, new[j], p[j]) for j in (0, 1)]
    return p


def adaptive(model, matrix):
    """AdaBoost of trees: SAMME sums their votes, SAMME.R (before scikit-learn 1.6) the logarithms of their shares."""
    if any(not hasattr(one, "tree_") for one in model.estimators_):
        raise Stop("AdaBoost of anything but decision trees can't be exported")
    total = float(np.sum(model.estimator_weights_[:len(model.estimators_)]))

    def shares(counts):
        share = np.clip(share_of(0)(counts), np.finfo(float).eps, None), np.clip(share_of(1)(counts), np.finfo(float).eps, None)
        return float(np.log(share[1]) - np.log(share[0])) / total
    if getattr(model, "algorithm", "SAMME") == "SAMME.R":
        trees = [sklearn_tree(one.tree_, shares) for one in model.estimators_]
    else:
        vote = lambda weight: lambda counts: 2 * weight / total * (1 if share_of(1)(counts) > share_of(0)(counts) else -1)
        trees = [sklearn_tree(one.tree_, vote(float(w))) for one, w in zip(model.estimators_, model.estimator_weights_)]
    return ensemble(numbers(matrix, model).rounded(), trees)


def scorecard(model, matrix):
    """optbinning's Scorecard: its binning process, then its estimator."""
    process = getattr(model, "binning_process_", None) or model.binning_process
    worth = lambda name: getattr(model, f"_{name}", None)
    return probability(model.estimator_, by_bins(process, matrix, {"metric_special": worth("metric_special"), "metric_missing": worth("metric_missing")}))


# ---- averages ----

def tree(model, matrix):
    return ensemble(numbers(matrix, model).rounded(), [sklearn_tree(model.tree_, share_of(1))])


def forest(model, matrix):
    count = len(model.estimators_)
    share = share_of(1)
    trees = [sklearn_tree(one.tree_, lambda counts: share(counts) / count) for one in model.estimators_]
    return ensemble(numbers(matrix, model).rounded(), trees)


def mean(graph, tensors, weights=None):
    weights = np.ones(len(tensors)) if weights is None else np.asarray(weights, float)
    scaled = [graph.op("Mul", t, row(w)) if w != 1 else t for t, w in zip(tensors, weights)]
    total = scaled[0]
    for other in scaled[1:]:
        total = graph.op("Add", total, other)
    return graph.op("Div", total, row(weights.sum())) if weights.sum() != 1 else total


def voting(model, matrix):
    if model.voting != "soft":
        raise Stop("a VotingClassifier that counts votes gives no probabilities: make it with voting='soft'")
    weights = None
    if model.weights is not None:
        weights = [w for (_, one), w in zip(model.estimators, model.weights) if one != "drop"]
    return mean(matrix.graph, [probability(one, matrix) for one in model.estimators_], weights)


def bagging(model, matrix):
    parts = [probability(one, matrix.select(columns)) for one, columns in zip(model.estimators_, model.estimators_features_)]
    return mean(matrix.graph, parts)


def stacking(model, matrix):
    graph, parts = matrix.graph, []
    for one, how in zip(model.estimators_, model.stack_method_):
        made = {"predict_proba": probability, "decision_function": margin}.get(how, lambda *_: None)(one, matrix)
        if made is None:
            raise Stop(f"a StackingClassifier on {how} of a {kind_of(one)} can't be exported: give it stack_method='predict_proba'")
        parts.append(Matrix(graph, made, [Column(kind_of(one))]))
    return probability(model.final_estimator_, joined([*parts, matrix] if model.passthrough else parts))


def calibrated(model, matrix):
    """The mean of what each fold's calibrator makes of its classifier's score: decision_function where it has one."""
    graph, parts = matrix.graph, []
    for one in model.calibrated_classifiers_:
        inner = getattr(one, "estimator", None) or one.base_estimator
        score = margin(inner, matrix)
        if score is None:
            if hasattr(inner, "decision_function"):
                raise Stop(f"calibration of a {kind_of(inner)} can't be exported")
            score = probability(inner, matrix)
        [fitted] = one.calibrators
        parts.append(sigmoid_of(graph, fitted, score) if hasattr(fitted, "a_") else isotonic_of(graph, fitted, score))
    return mean(graph, parts)


def sigmoid_of(graph, fitted, score):
    return graph.op("Sigmoid", graph.op("Neg", graph.op("Add", graph.op("Mul", score, row(fitted.a_)), row(fitted.b_))))


def isotonic_of(graph, fitted, score):
    """Between two thresholds on a straight line, as scipy's interp1d; flat outside."""
    x, y = np.asarray(fitted.X_thresholds_, float), np.asarray(fitted.y_thresholds_, float)
    if len(x) == 1:
        return graph.op("Add", graph.op("Mul", score, row(0.0)), row(y[0]))
    low = graph.op("Where", graph.op("Less", score, row(x[0])), row(x[0]), score)
    inside = graph.op("Where", graph.op("Greater", low, row(x[-1])), row(x[-1]), low)
    above = graph.cast(graph.op("Greater", inside, x[1:-1] if len(x) > 2 else row(np.inf)), "DOUBLE")
    segment = graph.cast(graph.op("ReduceSum", above, np.array([1], np.int64), keepdims=1), "INT64")
    at = lambda values: graph.op("Gather", values, segment, axis=0)
    slope = (y[1:] - y[:-1]) / (x[1:] - x[:-1])
    return graph.op("Add", graph.op("Mul", at(slope), graph.op("Sub", inside, at(x[:-1]))), at(y[:-1]))


MARGINS = {"LGBMClassifier": lightgbm, "Booster": lightgbm, "XGBClassifier": xgboost, "XGBRFClassifier": xgboost, "CatBoostClassifier": catboost,
           "CatBoost": catboost, "GradientBoostingClassifier": gradient_boosting, "HistGradientBoostingClassifier": histogram,
           "LogisticRegression": logistic, "LogisticRegressionCV": logistic, "SGDClassifier": stochastic, "LinearDiscriminantAnalysis": linear,
           "LinearSVC": linear, "RidgeClassifier": linear, "GaussianNB": gaussian, "BernoulliNB": bernoulli, "MultinomialNB": multinomial,
           "MLPClassifier": network, "AdaBoostClassifier": adaptive}
PROBABILITIES = {"DecisionTreeClassifier": tree, "ExtraTreeClassifier": tree, "RandomForestClassifier": forest, "ExtraTreesClassifier": forest,
                 "VotingClassifier": voting, "BaggingClassifier": bagging, "StackingClassifier": stacking, "CalibratedClassifierCV": calibrated,
                 "KNeighborsClassifier": neighbours, "SVC": support_probability, "NuSVC": support_probability, "Scorecard": scorecard}
# Their probability is no sigmoid of what calibration and stacking take for their score.
SCORES = {"SVC": support_vectors, "NuSVC": support_vectors}
