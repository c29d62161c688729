import type { TrainColumn, TrainRows } from '../../src/core/train/data';
import { sigmoid } from '../../src/core/numeric/functions';
import { seededRandom } from '../../src/core/numeric/random';

/** Numbers with gaps, infinities and few values, a category of many levels and one of three; the outcome hangs on all. */
export function mixedRows(rows: number, seed: number): TrainRows {
  const random = seededRandom(seed);
  for (let i = 0; i < 10; i++) random();
  const number = (value: (i: number) => number): Float64Array =>
    Float64Array.from({ length: rows }, (_, i) => value(i));
  const plain = number(() => random() - 0.5);
  const gaps = number(() => (random() < 0.3 ? NaN : random() * random()));
  const few = number(() => Math.floor(3 * random()) - 1);
  const wild = number((i) => (i % 50 === 0 ? Infinity : i % 51 === 0 ? -Infinity : 1e6 * (random() - 0.5)));
  const town = Int32Array.from({ length: rows }, () => Math.floor(40 * random() * random()));
  const kind = Int32Array.from({ length: rows }, () => Math.floor(4 * random()) - 1);
  const columns: TrainColumn[] = [
    { name: 'plain', kind: 'number', values: plain },
    { name: 'gaps', kind: 'number', values: gaps },
    { name: 'few', kind: 'number', values: few },
    { name: 'wild', kind: 'number', values: wild },
    { name: 'town', kind: 'category', codes: town, levels: 40 },
    { name: 'kind', kind: 'category', codes: kind, levels: 3 },
  ];
  const target = Uint8Array.from({ length: rows }, (_, i) => {
    const ofGaps = Number.isNaN(gaps[i]) ? 1 : 2 * gaps[i];
    const margin = 4 * plain[i] + ofGaps + few[i] + (town[i] % 3) - 1 + (kind[i] === 2 ? 1 : -1);
    return random() < sigmoid(margin - 1) ? 1 : 0;
  });
  return { rows, columns, target };
}
