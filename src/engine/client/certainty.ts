import { evenRows } from '../../core/stats/evenRows';
import { Gower } from '../../core/stats/gower';
import { wilsonInterval } from '../../core/stats/interval';
import { quantileSorted } from '../../core/stats/quantile';
import { midRank } from '../../core/stats/rank';
import { takeRows, texts, type Table } from '../../core/table/table';
import { encodeInputs } from '../../bundle/encode';
import type { Engine } from '../engine';
import { labelledTest, type Labelled } from '../labelled';
import { oncePerBundle } from '../once';
import { pausing } from '../runtime';

/** How far a score may be relied on, by what the bundle holds. */
export interface Certainty {
  /**
   * Share of the training's rows that are nearer to their nearest neighbour than the client is to its own: near 1 the client
   * is unlike them. null without rows that trained the model.
   */
  unlike: number | null;
  isUnlike: boolean;
  /** Of `test` rows scored within five points: how many, and how many defaulted. null where there are too few. */
  near: { people: number; defaulted: number; interval: [number, number] } | null;
  /** Rows that the model never saw, with outcomes. */
  tested: number;
}

/** From this share on a client is called unlike the training. */
const UNLIKE = 0.99;
/** Rows of the reference that are searched, and of those the ones whose own neighbours are sought. */
const SEARCHED = 4000;
const MEASURED = 400;
/** Test rows near a score that say something of it, and how near, in probability. */
const LEAST_NEAR = 200;
const NEAR = 0.05;

/** @param id of the client: its own row among the reference is no neighbour */
export async function certaintyOf(
  engine: Engine,
  client: Table,
  id: string,
  probability: number,
): Promise<Certainty> {
  const { gower, ids, own } = await neighbourhoodOf(engine);
  const row = encodeInputs(engine.columns, client, 0, 1);
  const tested = (await labelledTest(engine)) ?? NOBODY;
  const unlike = gower.count === 0 ? null : midRank(own, gower.nearest(row, ids.indexOf(id)));
  return {
    unlike,
    isUnlike: unlike !== null && unlike >= UNLIKE,
    near: nearOf(tested, probability),
    tested: tested.scores.length,
  };
}

interface Neighbourhood {
  gower: Gower;
  ids: string[];
  /** Nearest distances of the reference's own rows, ascending. */
  own: Float64Array;
}

const NOBODY: Labelled = { scores: new Float64Array(0), outcomes: [] };

const neighbourhoodOf = oncePerBundle(readNeighbourhood);

async function readNeighbourhood(engine: Engine): Promise<Neighbourhood> {
  const reference = await engine.reference();
  const codes = engine.columns.map(({ type }) => type === 'category');
  if (!reference || reference.rows < 2)
    return {
      gower: new Gower(new Float64Array(0), codes, new Float64Array(codes.length)),
      ids: [],
      own: new Float64Array(0),
    };
  const table = takeRows(reference, evenRows(reference.rows, SEARCHED));
  const rows = encodeInputs(engine.columns, table);
  const gower = new Gower(rows, codes, widthsOf(rows, codes.length));
  const idColumn = table.columns.get(engine.manifest.data.reference?.id ?? '');
  return {
    gower,
    ids: idColumn ? texts(idColumn) : [],
    own: await nearestOwn(gower),
  };
}

async function nearestOwn(gower: Gower): Promise<Float64Array> {
  const measured = evenRows(gower.count, MEASURED);
  const found = new Float64Array(measured.length);
  // Somebody may ask for a client meanwhile.
  const pause = pausing(undefined);
  for (let k = 0; k < found.length; k++) {
    found[k] = gower.nearestOf(measured[k]);
    await pause();
  }
  return found.sort();
}

/** Of each column the length from its 1st to its 99th percentile: an outlier does not make all others alike. */
function widthsOf(rows: Float64Array, columns: number): Float64Array {
  return Float64Array.from({ length: columns }, (_, j) => {
    const values = new Float64Array(rows.length / columns);
    for (let i = 0; i < values.length; i++) values[i] = rows[i * columns + j];
    const sorted = values.filter(Number.isFinite).sort();
    return sorted.length ? quantileSorted(sorted, 0.99) - quantileSorted(sorted, 0.01) : 0;
  });
}

function nearOf({ scores, outcomes }: Labelled, probability: number): Certainty['near'] {
  let [people, defaulted] = [0, 0];
  scores.forEach((score, row) => {
    if (Math.abs(score - probability) > NEAR || Number.isNaN(outcomes[row])) return;
    people++;
    if (outcomes[row] === 1) defaulted++;
  });
  return people < LEAST_NEAR ? null : { people, defaulted, interval: wilsonInterval(defaulted, people) };
}
