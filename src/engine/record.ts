import type { Table } from '../core/table/table';
import type { Cell, CellValue } from './client/cells';
import { changedCells, sheetLayout, Sheet, sheetOf, type Edits, type Following } from './client/sheet';
import { clientView, distanceBetween, viewOf, type ClientView } from './client/view';
import type { Engine } from './engine';
import type { DecisionRecord, RecordResult } from '../core/record/record';

/** What somebody decided, as the form has it. */
export interface DecisionGiven {
  outcome: DecisionRecord['outcome'];
  override: DecisionRecord['override'];
  note: string;
  statement: string;
  author: string;
  branch: string;
  /** Values that were wrong on file, and the evidence that was seen; null of none. */
  corrections: { values: Edits; evidence: string } | null;
}

/** What is said of a client whose file is this sheet, with the values that were corrected in it. */
type Shown = (
  view: ClientView,
  sheet: Sheet,
  corrected: readonly Following[],
) => Promise<DecisionRecord['shown']>;

/** A decision with all that it was taken on: computed here, not taken from a page. */
export async function decisionRecord(
  engine: Engine,
  { id, table }: { id: string; table: Table },
  given: DecisionGiven,
  { app, shown }: { app: string; shown: Shown },
): Promise<DecisionRecord> {
  const view = await clientView(engine, id, null, table);
  const { manifest, fingerprint, runtime } = engine;
  const { threshold, reviewFrom = null } = manifest.decision;
  const { corrections, outcome, override, note, statement, author, branch } = given;
  const inputs = Object.fromEntries(view.cells.map(({ column, value }) => [column, plain(value)]));
  const file = sheetOf(engine, table);
  const corrected = corrections && file.with(corrections.values);
  const changes = corrected ? changedCells(file, corrected) : [];
  const final = corrected
    ? await viewOf(engine, corrected.inputs, { ...view, cells: withChanges(view.cells, changes) })
    : view;
  return {
    version: 1,
    client: { bundle: manifest.id, id, name: view.name },
    bundle: { id: manifest.id, version: manifest.version, fingerprint },
    app,
    evaluator: runtime.name,
    rule: { threshold, reviewFrom },
    inputs,
    result: await resultOf(engine, file),
    corrections:
      corrections && corrected
        ? { ...corrections, values: { ...corrections.values }, result: await resultOf(engine, corrected) }
        : null,
    outcome,
    override,
    note,
    statement,
    author,
    branch,
    shown: await shown(
      final,
      corrected ?? file,
      changes.filter(({ column }) => Object.hasOwn(corrections?.values ?? {}, column)),
    ),
  };
}

/** JSON knows no infinities. */
const plain = (value: CellValue): CellValue =>
  typeof value === 'number' && !Number.isFinite(value) ? String(value) : value;

/** Cells with their new values in the place of their own. */
function withChanges(cells: readonly Cell[], changes: readonly Following[]): Cell[] {
  const changed = new Map(changes.map(({ column, to }) => [column, to]));
  return cells.map((cell) =>
    changed.has(cell.column) ? { ...cell, value: changed.get(cell.column) ?? null } : cell,
  );
}

async function resultOf(engine: Engine, sheet: Sheet): Promise<RecordResult> {
  const [probability] = await engine.score(sheet.inputs);
  const scored = !Number.isNaN(probability);
  return {
    probability: scored ? probability : null,
    decision: engine.decide(probability),
    distance: scored ? distanceBetween(probability, engine.manifest.decision.threshold, engine.unit) : null,
    contributions: scored && engine.onnx.model ? await contributionsOf(engine, sheet) : null,
  };
}

async function contributionsOf(engine: Engine, sheet: Sheet): Promise<RecordResult['contributions']> {
  const { base, bases, values } = await engine.explain(sheet.inputs);
  return {
    base: bases ? bases[0] : base,
    values: Object.fromEntries(engine.columns.map(({ name }, j) => [name, values[j]])),
  };
}

/** What a replay found otherwise. */
export interface ReplayDifference {
  what: 'bundle' | 'probability' | 'decision' | 'contribution' | 'text' | 'columns';
  /** Of a contribution its column, of a text its line. */
  where: string;
  recorded: string;
  recomputed: string;
}

/** Figures that two runs of the same model may show otherwise: the runtime's last bits in float32. */
const SAME = 1e-6;

/**
 * Recomputes score, reasons and text of a recorded decision from the values that it holds.
 *
 * @param lines the text of a view, in the record's language
 */
export async function replay(
  engine: Engine,
  record: DecisionRecord,
  lines: (view: ClientView) => string[],
): Promise<ReplayDifference[]> {
  const found: ReplayDifference[] = [];
  const differs = (what: ReplayDifference['what'], where: string, recorded: unknown, recomputed: unknown) =>
    found.push({ what, where, recorded: String(recorded), recomputed: String(recomputed) });
  if (record.bundle.fingerprint !== engine.fingerprint)
    differs('bundle', 'fingerprint', record.bundle.fingerprint, engine.fingerprint);
  const layout = sheetLayout(engine);
  const absent = layout.columns.filter(
    ({ name }, i) => i < layout.width && !Object.hasOwn(record.inputs, name),
  );
  for (const { name } of absent) differs('columns', name, 'not recorded', 'wanted by the model');
  if (absent.length > 0) return found;
  const file = Sheet.of(layout, record.inputs);
  const final = record.corrections ? file.with(record.corrections.values) : file;
  await compareResult(engine, file, record.result, differs);
  if (record.corrections) await compareResult(engine, final, record.corrections.result, differs);
  const text = lines(await replayedView(engine, record, file, final));
  const length = Math.max(text.length, record.shown.lines.length);
  for (let i = 0; i < length; i++)
    if (text[i] !== record.shown.lines[i])
      differs('text', `line ${i + 1}`, record.shown.lines.at(i) ?? '', text.at(i) ?? '');
  return found;
}

type Differs = (
  what: ReplayDifference['what'],
  where: string,
  recorded: unknown,
  recomputed: unknown,
) => void;

async function compareResult(
  engine: Engine,
  sheet: Sheet,
  recorded: RecordResult,
  differs: Differs,
): Promise<void> {
  const now = await resultOf(engine, sheet);
  if (apart(recorded.probability, now.probability))
    differs('probability', '', recorded.probability, now.probability);
  if (recorded.decision !== now.decision) differs('decision', '', recorded.decision, now.decision);
  const names = new Set([
    ...Object.keys(recorded.contributions?.values ?? {}),
    ...Object.keys(now.contributions?.values ?? {}),
  ]);
  for (const name of names) {
    const [a, b] = [recorded.contributions?.values[name] ?? null, now.contributions?.values[name] ?? null];
    if (apart(a, b)) differs('contribution', name, a, b);
  }
}

const apart = (a: number | null, b: number | null): boolean =>
  a === null || b === null ? a !== b : Math.abs(a - b) > SAME * Math.max(1, Math.abs(b));

function replayedView(
  engine: Engine,
  record: DecisionRecord,
  file: Sheet,
  final: Sheet,
): Promise<ClientView> {
  const cells = Object.entries(record.inputs).map(([column, value]): Cell => ({ column, value, flag: null }));
  const own = withChanges(cells, changedCells(file, final));
  return viewOf(engine, final.inputs, { ...record.client, seenIn: null, cells: own });
}
