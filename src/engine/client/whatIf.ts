import type { Decision } from '../../core/decision/decision';
import type { Table } from '../../core/table/table';
import type { Engine } from '../engine';
import type { CellValue } from './cells';
import { changedCells, sheetOf, type Edits, type Following } from './sheet';
import { distanceBetween, reasonsFor, type ClientReasons } from './view';

/** A client's file with some values changed: scored and explained, nothing kept. */
export interface WhatIfView {
  probability: number;
  decision: Decision;
  /** Points from the threshold, and from the file as it is. */
  distance: number;
  points: number;
  /** null where it takes more than a moment, or where there is no score. */
  explanation: ClientReasons | null;
  /** Columns that follow the edits. */
  follows: Following[];
  /** Edited or following columns outside what the training knows. */
  beyond: { column: string; value: CellValue }[];
}

export async function whatIf(engine: Engine, table: Table, edits: Edits): Promise<WhatIfView> {
  const file = sheetOf(engine, table);
  const sheet = file.with(edits);
  const { width } = sheet;
  const values = new Float64Array(2 * width);
  values.set(file.row.subarray(0, width));
  values.set(sheet.row.subarray(0, width), width);
  const [before, probability] = await engine.score({ rows: 2, width, values });
  const decision = engine.decide(probability);
  const explained = engine.onnx.model !== null && decision !== 'unscored';
  const changed = changedCells(file, sheet);
  return {
    probability,
    decision,
    distance: distanceBetween(probability, engine.manifest.decision.threshold, engine.unit),
    points: distanceBetween(probability, before, engine.unit),
    explanation: explained ? await reasonsFor(engine, sheet.inputs) : null,
    follows: changed.filter(({ column }) => !Object.hasOwn(edits, column)),
    beyond: changed.flatMap(({ column, to, isBeyond }) => (isBeyond ? [{ column, value: to }] : [])),
  };
}
