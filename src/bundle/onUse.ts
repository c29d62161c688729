import type { Manifest } from './schema';

/** Files that may come when something asks for them: the later rows, by path. Clients, reference and test are what scores, reasons and probabilities on a client's page hang on. */
export function filesOnUse({ data }: Manifest): ReadonlySet<string> {
  const later = data.current?.files ?? [];
  return new Set(later.flatMap(({ path, optional }) => (optional === true ? [path] : [])));
}

/** What must be here before the bundle is ready. */
export function filesAtOnce(manifest: Manifest): Manifest['files'] {
  const onUse = filesOnUse(manifest);
  return manifest.files.filter(({ path }) => !onUse.has(path));
}
