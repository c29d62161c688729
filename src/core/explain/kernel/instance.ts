import { SHAP_KERNEL } from './bytes';

export const PAGE = 65_536;

/** `undefined` until it is asked for, null where the engine has no WebAssembly, or none of 128 bits. */
let compiled: WebAssembly.Module | null | undefined;

function compile(): WebAssembly.Module | null {
  try {
    return new WebAssembly.Module(Uint8Array.from(atob(SHAP_KERNEL), (letter) => letter.charCodeAt(0)));
  } catch {
    return null;
  }
}

/** The functions of kernels/shap.ts over a memory of so many bytes; null where there is no WebAssembly. */
export function instance(bytes: number): { exports: WebAssembly.Exports; buffer: ArrayBuffer } | null {
  compiled = compiled === undefined ? compile() : compiled;
  if (!compiled) return null;
  const pages = Math.ceil(bytes / PAGE);
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages });
  const { exports } = new WebAssembly.Instance(compiled, { env: { memory } });
  return { exports, buffer: memory.buffer };
}
