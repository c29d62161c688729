/** Pages of 64 kB: 2 GB, room for 5,000 rows against a reference of 20,000 in double, and for no more. */
const MOST_PAGES = 32_768;

/**
 * Runs a step in which a runtime sets up its memory, with a bound on it that wasm's own (4 GB) is not. What a graph asks
 * beyond it is an error of the runtime.
 */
export async function withinMemory<T>(step: () => Promise<T>): Promise<T> {
  const { Memory } = WebAssembly;
  class BoundedMemory extends Memory {
    constructor(descriptor: WebAssembly.MemoryDescriptor) {
      const maximum = Math.min(descriptor.maximum ?? MOST_PAGES, MOST_PAGES);
      super({ ...descriptor, maximum });
    }
  }
  WebAssembly.Memory = BoundedMemory;
  try {
    return await step();
  } finally {
    WebAssembly.Memory = Memory;
  }
}
