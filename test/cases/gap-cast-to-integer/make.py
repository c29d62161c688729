import onnx, numpy as np
from onnx import helper as h, TensorProto as T
n=[h.make_node('Cast',['x'],['i'],to=T.INT64),
   h.make_node('OneHotEncoder',['i'],['oh'],domain='ai.onnx.ml',cats_int64s=[0,1,2],zeros=1),
   h.make_node('Reshape',['oh','shape'],['o2']),
   h.make_node('MatMul',['o2','w'],['m']), h.make_node('Sigmoid',['m'],['probabilities'])]
g=h.make_graph(n,'g',[h.make_tensor_value_info('x',T.FLOAT,[None,1])],[h.make_tensor_value_info('probabilities',T.FLOAT,[None,1])],
 [h.make_tensor('shape',T.INT64,[2],[-1,3]),h.make_tensor('w',T.FLOAT,[3,1],[-2.,0.5,1.])])
m=h.make_model(g,opset_imports=[h.make_opsetid('',17),h.make_opsetid('ai.onnx.ml',3)],ir_version=8)
onnx.save(m,'model.onnx')
