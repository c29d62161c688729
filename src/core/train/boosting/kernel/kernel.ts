import { kernelOf } from '../../../numeric/wasm';
import { TRAIN_KERNEL } from './bytes';
import type { TrainKernel, TrainLoops } from './loops';
import { plainLoops } from './plain';

const instance = kernelOf(TRAIN_KERNEL);

/** A memory of so many bytes and the loops over it: WebAssembly's where there is one, else the same in TypeScript. */
export function trainKernel(bytes: number): TrainKernel {
  const made = instance(bytes);
  return made ? { ...(made.exports as unknown as TrainLoops), buffer: made.buffer } : plainLoops(bytes);
}
