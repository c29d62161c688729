import { kernelOf } from '../../numeric/wasm';
import { SHAP_KERNEL } from './bytes';

/** The functions of kernels/shap.ts over a memory of so many bytes; null where there is no WebAssembly. */
export const instance = kernelOf(SHAP_KERNEL);
