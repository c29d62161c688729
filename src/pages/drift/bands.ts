import { DRIFTED_FROM, WATCH_FROM } from '../../core/drift/bands';
import { t } from '../../state/locale.svelte';

/** Where the stability index's verdicts begin, on an axis. */
export const bandMarks = (): { at: number; label: string }[] => [
  { at: WATCH_FROM, label: t('drift.ring.watch') },
  { at: DRIFTED_FROM, label: t('drift.ring.drifted') },
];
