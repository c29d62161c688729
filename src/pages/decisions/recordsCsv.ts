import { isDecision, isReview, ledTo, type RecordLink } from '../../core/record/record';
import { textCell } from '../../core/table/write';

const HEADER = [
  'number',
  'at',
  'kind',
  'client',
  'bundle',
  'probability',
  'model',
  'outcome',
  'override',
  'override_text',
  'corrections',
  'note',
  'statement',
  'review_of',
  'due',
  'author',
  'branch',
  'hash',
];

/** Records as a table, a row each; what was erased is empty. */
export function recordsCsv(links: readonly RecordLink[]): string {
  const rows = links.map(({ head, hash, payload }) => {
    const decision = isDecision(payload) ? payload : null;
    const review = isReview(payload) ? payload : null;
    const led = decision && ledTo(decision);
    return [
      head.number,
      head.at,
      head.kind,
      payload?.client.id,
      decision && `${decision.bundle.id}@${decision.bundle.version}`,
      led?.probability,
      led?.decision,
      decision?.outcome ?? review?.outcome,
      decision?.override?.reason,
      decision?.override?.text,
      decision?.corrections && JSON.stringify(decision.corrections.values),
      payload?.note,
      decision?.statement,
      review?.of,
      review?.due,
      payload?.author,
      payload?.branch,
      hash,
    ].map((cell) => (typeof cell === 'number' ? String(cell) : textCell(cell ?? '')));
  });
  return [HEADER, ...rows].map((row) => row.join(',')).join('\n') + '\n';
}
