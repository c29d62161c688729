"""An ONNX graph in double, written node by node, and the columns that run through it."""

import json

import numpy as np

from .common import need

OPSET, ML_OPSET, IR = 17, 5, 8  # what onnxruntime-web runs
ML = "ai.onnx.ml"


class Graph:
    """Nodes and constants; names are numbered, so that the same model gives the same bytes."""

    def __init__(self):
        self.onnx = need("onnx")
        self.nodes, self.constants, self.known = [], [], {}

    def constant(self, values, name=None):
        """A constant in the type of its array, kept once."""
        array = np.ascontiguousarray(values)
        key = (array.dtype.str, array.shape, array.tobytes(), name)
        if key not in self.known:
            self.known[key] = name or f"constant{len(self.constants)}"
            self.constants.append(self.onnx.numpy_helper.from_array(array, self.known[key]))
        return self.known[key]

    def op(self, operator, *inputs, domain="", **attributes):
        """Adds a node; arrays among its inputs become constants. Gives the name of its output."""
        names = [i if isinstance(i, str) else self.constant(i) for i in inputs]
        output = f"{operator}{len(self.nodes)}"
        self.nodes.append(self.onnx.helper.make_node(operator, names, [output], name=output, domain=domain, **attributes))
        return output

    def both(self, operator, *inputs, **attributes):
        """The names of a node's two outputs."""
        first = self.op(operator, *inputs, **attributes)
        self.nodes[-1].output.append(f"{first}b")
        return first, f"{first}b"

    def cast(self, name, to):
        return self.op("Cast", name, to=getattr(self.onnx.TensorProto, to))

    def tensor(self, values):
        """An attribute that is a tensor."""
        return self.onnx.numpy_helper.from_array(np.ascontiguousarray(values))

    def model(self, width, probability, metadata, turned=False):
        """
        The whole: `input` double [None, width] to `probabilities` double [None, 2], P(default) second.
        probability: name of P(class 1), [None, 1]; turned: class 0 is default
        """
        helper, types = self.onnx.helper, self.onnx.TensorProto
        rest = self.op("Sub", np.array([1.0]), probability)
        self.nodes.append(helper.make_node("Concat", [probability, rest] if turned else [rest, probability], ["probabilities"], name="probabilities", axis=1))
        graph = helper.make_graph(self.nodes, "model", [helper.make_tensor_value_info("input", types.DOUBLE, [None, width])],
                                  [helper.make_tensor_value_info("probabilities", types.DOUBLE, [None, 2])], self.constants)
        made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET), helper.make_opsetid(ML, ML_OPSET)],
                                 ir_version=IR, producer_name="scoredesk_export")
        helper.set_model_props(made, {"scoredesk": json.dumps(metadata, ensure_ascii=False)})
        return made


class Column:
    """One column on its way. levels: the values whose positions are its codes, NaN where missing, -1 for any other; None for numbers."""

    def __init__(self, name, levels=None):
        self.name, self.levels = name, levels


class Matrix:
    """A double tensor [None, columns] of a graph."""

    def __init__(self, graph, tensor, columns):
        self.graph, self.tensor, self.columns = graph, tensor, list(columns)

    def __len__(self):
        return len(self.columns)

    def select(self, positions):
        positions = [int(p) for p in positions]
        if positions == list(range(len(self))):
            return self
        tensor = self.graph.op("Gather", self.tensor, np.array(positions, np.int64), axis=1)
        return Matrix(self.graph, tensor, [self.columns[p] for p in positions])

    def op(self, operator, *others, levels=False, **attributes):
        """An elementwise step; `others` follow the matrix. levels: the columns keep their levels."""
        columns = self.columns if levels else [Column(c.name) for c in self.columns]
        return Matrix(self.graph, self.graph.op(operator, self.tensor, *others, **attributes), columns)

    def where(self, condition, yes, levels=False):
        """`yes` (numbers, one for all or one each) where the condition holds."""
        columns = self.columns if levels else [Column(c.name) for c in self.columns]
        tensor = self.graph.op("Where", condition, np.atleast_1d(np.asarray(yes, float)), self.tensor)
        return Matrix(self.graph, tensor, columns)

    def rounded(self):
        """As float32 and back."""
        tensor = self.graph.cast(self.graph.cast(self.tensor, "FLOAT"), "DOUBLE")
        return Matrix(self.graph, tensor, self.columns)


def joined(matrices):
    """Matrices side by side; those without columns are left out."""
    matrices = [m for m in matrices if len(m)]
    if len(matrices) == 1:
        return matrices[0]
    graph = matrices[0].graph
    columns = [c for m in matrices for c in m.columns]
    return Matrix(graph, graph.op("Concat", *(m.tensor for m in matrices), axis=1), columns)


def lookup(column, table, missing, unknown):
    """
    Columns that are looked up by the value of one: `table` maps its codes (or numbers) to rows of numbers, `missing` and
    `unknown` are the rows of NaN and of everything else.
    """
    graph, keys = column.graph, list(table)
    rows = np.array([table[key] for key in keys], float).reshape(len(keys), -1)
    missing, unknown = np.asarray(missing, float), np.asarray(unknown, float)
    width = len(missing)
    made = [Column(column.columns[0].name) for _ in range(width)]
    if is_one_hot(rows, missing, unknown):
        at = [keys[int(rows[:, k].argmax())] for k in range(width)]
        equal = graph.op("Equal", column.tensor, np.array(at, float))
        return Matrix(graph, graph.cast(equal, "DOUBLE"), made)
    known = np.array([*keys, np.nan], float)
    tensors = [graph.op("LabelEncoder", column.tensor, domain=ML, keys_tensor=graph.tensor(known),
                        values_tensor=graph.tensor(np.append(rows[:, k], missing[k])),
                        default_tensor=graph.tensor(unknown[k:k + 1])) for k in range(width)]
    return joined([Matrix(graph, tensor, [one]) for tensor, one in zip(tensors, made)])


def is_one_hot(rows, missing, unknown):
    return bool(len(rows) and np.isin(rows, (0, 1)).all() and (rows.sum(0) == 1).all() and not missing.any() and not unknown.any())
