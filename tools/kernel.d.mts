export interface Kernel {
  source: string;
  target: string;
  name: string;
}
export const KERNELS: readonly Kernel[];
export function compiledKernel(kernel: Kernel): Promise<string>;
