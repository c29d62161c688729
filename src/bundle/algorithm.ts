import { treeCount } from '../core/model/trees';
import type { OnnxModel } from '../core/onnx/read';

/** What kind of model it is, with its size; the words for it are in src/i18n. */
export interface Algorithm {
  /** A library's own name, where its exporter leaves a mark. */
  family: 'LightGBM' | 'XGBoost' | 'CatBoost' | 'forest' | 'boosting' | 'logistic' | 'composite';
  /** 0 for a model without trees. */
  trees: number;
}

export function algorithmOf({ model, proto, covers }: OnnxModel): Algorithm {
  if (!model) return { family: 'composite', trees: 0 };
  if (model.predictor.kind === 'linear') return { family: 'logistic', trees: 0 };
  const trees = treeCount(model.predictor);
  const named = (start: string) =>
    proto.graph?.node.some((node) => node.output.some((name) => name.startsWith(start)));
  if (named('lgbm')) return { family: 'LightGBM', trees };
  if (covers === 'hessian') return { family: 'XGBoost', trees };
  if (/catboost/i.test(proto.producerName)) return { family: 'CatBoost', trees };
  return { family: model.link === 'identity' ? 'forest' : 'boosting', trees };
}
