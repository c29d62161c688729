import { distance } from 'fastest-levenshtein';
import { folded } from '../text';

/** The name closest to `name` by edit distance, case and separators aside; "" when nothing is near. */
export function nearestName(name: string, names: readonly string[]): string {
  const plain = (text: string) => text.toLowerCase().replace(/[\s_.-]+/g, '_');
  let best = '';
  let least = Math.max(2, Math.ceil(name.length / 2)) + 1;
  for (const candidate of names) {
    const d = distance(plain(name), plain(candidate));
    if (d < least) {
      least = d;
      best = candidate;
    }
  }
  return best;
}

/** The known level that a new one most likely stands for: in another case or without accents, begun alike, or nearest; "". */
export function nearestLevel(level: string, levels: readonly string[]): string {
  const wanted = folded(level.trim());
  const same = levels.find((other) => folded(other) === wanted);
  if (same !== undefined) return same;
  const begun = levels.filter(
    (other) => wanted.startsWith(folded(other)) || folded(other).startsWith(wanted),
  );
  return begun.length === 1 ? begun[0] : nearestName(level, levels);
}

/** The name, or with as many underscores behind it as make it free: a feature may be called `base`. */
export function freeName(wanted: string, isTaken: (name: string) => boolean): string {
  let name = wanted;
  while (isTaken(name)) name += '_';
  return name;
}
