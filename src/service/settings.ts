import { changing } from '../protocol/host';
import * as store from '../storage/settings';
import type { Context } from './context';

/** Choices of the person, safe from a kill. */

export const settings = async (context: Context): Promise<store.Settings> =>
  store.keptSettings(await context.db());

export const keepSetting = changing(
  async (context: Context, { key, value }: { key: string; value: string }): Promise<void> =>
    store.keepSetting(await context.db(), key, value),
);
