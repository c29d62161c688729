import type { Method } from '../engine/explanations';
import type { Dependence, ModelImportance, Permutation } from '../engine/model/importance';
import type { Challenge } from '../engine/model/challenge';
import type { Interactions } from '../engine/model/interactions';
import type { ClientByMethod } from '../engine/model/methods';
import type { NoValidation, ValidationView } from '../engine/model/validation';
import { modelView, type ModelView } from '../engine/model/view';
import type { Progress } from '../engine/runtime';
import type { OperationTask } from '../protocol/host';
import { handOver } from '../protocol/transfer';
import type { Context } from './context';

/** What the model is and relies on. What takes many scores is fetched when somebody asks for it. */

interface Named {
  fingerprint: string;
}

type Watched = OperationTask<Progress>;

export const model = async (context: Context, { fingerprint }: Named): Promise<ModelView> =>
  modelView(await context.engine(fingerprint));

/** Whether the model may be trusted; why that can't be said. */
export async function validation(
  context: Context,
  { fingerprint }: Named,
  { signal }: OperationTask,
): Promise<ValidationView | NoValidation> {
  const { validationOf } = await import('../engine/model/validation');
  return validationOf(await context.engine(fingerprint), signal);
}

/** What the model relies on, over a sample of rows. */
export async function importance(
  context: Context,
  { fingerprint }: Named,
  task: Watched,
): Promise<ModelImportance | null> {
  const { importanceOf } = await import('../engine/model/importance');
  const found = await importanceOf(await context.engine(fingerprint), task);
  return found && handOver(found, [found.inputs, found.contributions]);
}

export async function permutation(
  context: Context,
  { fingerprint }: Named,
  task: Watched,
): Promise<Permutation | null> {
  const { permutationOf } = await import('../engine/model/importance');
  return permutationOf(await context.engine(fingerprint), task);
}

export async function dependence(
  context: Context,
  { fingerprint, column }: Named & { column: string },
  { signal }: OperationTask,
): Promise<Dependence> {
  const { dependenceOf } = await import('../engine/model/importance');
  const found = await dependenceOf(await context.engine(fingerprint), column, { signal });
  return handOver(found, [found.grid, found.mean]);
}

/** Which inputs act together, over a sample of rows and for a client. */
export async function interactions(
  context: Context,
  { fingerprint, id }: Named & { id: string },
  task: Watched,
): Promise<Interactions | null> {
  const { interactionsOf } = await import('../engine/model/interactions');
  return interactionsOf(await context.engine(fingerprint), id, task);
}

/** Another installed bundle's model over the same rows and clients. @throws bundle-not-installed; what opening it throws */
export async function challenge(
  context: Context,
  { fingerprint, other }: Named & { other: string },
  task: Watched,
): Promise<Challenge> {
  const { challengeOf } = await import('../engine/model/challenge');
  return challengeOf(await context.engine(fingerprint), await context.second(other), task);
}

/** A client's contributions by several methods. */
export async function byMethod(
  context: Context,
  { fingerprint, id, methods }: Named & { id: string; methods: readonly Method[] },
  task: Watched,
): Promise<ClientByMethod> {
  const { explainByMethod } = await import('../engine/model/methods');
  return explainByMethod(await context.engine(fingerprint), id, methods, task);
}
