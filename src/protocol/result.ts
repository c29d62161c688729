import { fromErrorData, toErrorData, type ErrorData } from '../core/errors';

/** What crosses a border: a value, or an error as data. */
export type Result<T> = { ok: true; value: T } | ({ ok: false } & ErrorData);

/** @param asKnown what a foreign error means here */
export async function toResult<T>(
  work: () => Promise<T>,
  asKnown: (error: unknown) => unknown = (error) => error,
): Promise<Result<T>> {
  try {
    return { ok: true, value: await work() };
  } catch (error) {
    return { ok: false, ...toErrorData(asKnown(error)) };
  }
}

/** The value, or the error thrown again on this side. */
export function fromResult<T>(result: Result<T>): T {
  if (result.ok) return result.value;
  throw fromErrorData(result);
}
