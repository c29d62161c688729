export const PAGE = 65_536;

/** What a kernel's functions work on. */
export interface KernelInstance {
  exports: WebAssembly.Exports;
  buffer: ArrayBuffer;
}

/**
 * A kernel of kernels/: compiled once, when it is first asked for.
 *
 * @param base64 its bytes
 * @returns makes its functions over a memory of so many bytes; null where the engine has no WebAssembly, or none of 128 bits
 */
export function kernelOf(base64: string): (bytes: number) => KernelInstance | null {
  let compiled: WebAssembly.Module | null | undefined;
  return (bytes) => {
    compiled = compiled === undefined ? compile(base64) : compiled;
    if (!compiled) return null;
    const pages = Math.ceil(bytes / PAGE);
    const memory = new WebAssembly.Memory({ initial: pages, maximum: pages });
    const { exports } = new WebAssembly.Instance(compiled, { env: { memory } });
    return { exports, buffer: memory.buffer };
  };
}

function compile(base64: string): WebAssembly.Module | null {
  try {
    return new WebAssembly.Module(Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0)));
  } catch {
    return null;
  }
}
