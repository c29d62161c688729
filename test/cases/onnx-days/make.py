"""A graph whose sizes and turns are each within bounds, and which takes days: 1,000,000 products of 1,000 x 1,000."""

import onnx
from onnx import TensorProto as T, helper as h

body = h.make_graph(
    [
        h.make_node("MatMul", ["m", "m"], ["more"]),
        h.make_node("Identity", ["on"], ["still"]),
    ],
    "body",
    [
        h.make_tensor_value_info("turn", T.INT64, []),
        h.make_tensor_value_info("on", T.BOOL, []),
        h.make_tensor_value_info("m", T.DOUBLE, [1000, 1000]),
    ],
    [
        h.make_tensor_value_info("still", T.BOOL, []),
        h.make_tensor_value_info("more", T.DOUBLE, [1000, 1000]),
    ],
)
graph = h.make_graph(
    [
        h.make_node("ConstantOfShape", ["shape"], ["zeros"], value=h.make_tensor("v", T.DOUBLE, [1], [0.0])),
        # Hangs on the rows, so that it is not folded away before they come.
        h.make_node("ReduceSum", ["x"], ["sum"], keepdims=0),
        h.make_node("Add", ["zeros", "sum"], ["m0"]),
        h.make_node("Loop", ["turns", "true", "m0"], ["m"], body=body),
        h.make_node("ReduceMean", ["m"], ["mean"], keepdims=0),
        h.make_node("Mul", ["x", "none"], ["zero"]),
        h.make_node("Add", ["zero", "mean"], ["sum2"]),
        h.make_node("Sigmoid", ["sum2"], ["probability"]),
    ],
    "days",
    [h.make_tensor_value_info("x", T.DOUBLE, ["n", 1])],
    [h.make_tensor_value_info("probability", T.DOUBLE, ["n", 1])],
    [
        h.make_tensor("shape", T.INT64, [2], [1000, 1000]),
        h.make_tensor("turns", T.INT64, [], [1_000_000]),
        h.make_tensor("true", T.BOOL, [], [True]),
        h.make_tensor("none", T.DOUBLE, [], [0.0]),
    ],
)
model = h.make_model(graph, opset_imports=[h.make_opsetid("", 13)], ir_version=8)
onnx.checker.check_model(model)
onnx.save(model, "days.onnx")
