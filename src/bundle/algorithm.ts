import type { Model } from '../core/model/model';
import { treeCount } from '../core/model/trees';
import type { OnnxModel } from '../core/onnx/read';
import type { LocalText } from './schema';

/** What people call the model, with its size. */
export function algorithmOf({ model, proto, covers }: OnnxModel): LocalText {
  if (!model) return { en: 'Composite model', fr: 'Modèle composé' };
  if (model.predictor.kind === 'linear') return { en: 'Logistic regression', fr: 'Régression logistique' };
  const count = treeCount(model.predictor);
  const { en, fr } = familyOf({ model, proto, covers });
  return { en: `${en}, ${count} trees`, fr: `${fr}, ${count} arbres` };
}

/** The family of a tree ensemble, by the marks its exporter leaves. */
function familyOf({ model, proto, covers }: Pick<OnnxModel, 'proto' | 'covers'> & { model: Model }): {
  en: string;
  fr: string;
} {
  const named = (start: string) =>
    proto.graph?.node.some((node) => node.output.some((name) => name.startsWith(start)));
  const library = named('lgbm')
    ? 'LightGBM'
    : covers === 'hessian'
      ? 'XGBoost'
      : /catboost/i.test(proto.producerName)
        ? 'CatBoost'
        : '';
  if (library) return { en: library, fr: library };
  if (model.link === 'identity') return { en: 'Forest', fr: 'Forêt' };
  return { en: 'Gradient boosting', fr: 'Gradient boosting' };
}
