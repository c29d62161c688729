import type { Engine } from './engine';

/** What is read of an open bundle, read once; what failed is tried again. */
export function oncePerBundle<T>(read: (engine: Engine) => Promise<T>): (engine: Engine) => Promise<T> {
  const known = new WeakMap<Engine, Promise<T>>();
  return (engine) => {
    const found = known.get(engine) ?? read(engine);
    known.set(engine, found);
    found.catch(() => known.delete(engine));
    return found;
  };
}
