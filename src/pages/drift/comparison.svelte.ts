import { untrack } from 'svelte';
import { push, replace, router } from 'svelte-spa-router';
import type { DriftRequest, Source } from '../../core/drift/request';
import { desk } from '../../state/desk.svelte';
import { drift } from '../../state/drift.svelte';
import { queryIn, queryOf, requestOf, savedIn } from '../../state/driftQuery';

/** The comparison that a page's address names. */
export interface ComparisonAt {
  /** null until the sources are known. */
  readonly request: DriftRequest | null;
  /** A side that the address names and this device does not have (any more). */
  readonly absentSide: Source | undefined;
  /** Another comparison, by an address of its own. */
  ask(request: DriftRequest): void;
  /** From a kept comparison to the same computed now. */
  anew(): void;
}

/**
 * Shows what the address of a drift page names for as long as the page is there: a comparison, or one that was
 * kept. An address without a word goes on with the last one. To be called while a page is set up.
 *
 * @param path the page's path with a query
 */
export function comparisonAt(path: (query: string) => string): ComparisonAt {
  const query = $derived(queryIn(router.querystring));
  const saved = $derived(savedIn(query));
  const request = $derived(drift.sources ? requestOf(query, drift.sources) : null);
  const has = (source: Source) => drift.sources?.some((known) => known.source === source) ?? true;
  const absentSide = $derived(
    saved === null && request
      ? [request.reference, request.current].find(({ source }) => !has(source))?.source
      : undefined,
  );

  $effect(() => {
    const { bundle } = desk;
    if (!bundle) return;
    untrack(() => {
      void drift.show(bundle);
      if (!router.querystring && drift.asked) void replace(path(drift.asked));
    });
  });
  $effect(() => {
    if (!drift.sources) return;
    // Of this page's addresses: a page that is left sees the next one's for a moment.
    if (query.has('ref') || saved !== null) drift.asked = query.toString();
    if (saved !== null) void drift.open(saved);
    else if (absentSide) drift.clear();
    else if (request) void drift.compare(request);
  });
  $effect(() => () => drift.leave());

  return {
    get request() {
      return request;
    },
    get absentSide() {
      return absentSide;
    },
    ask: (next) => void push(path(queryOf(next))),
    anew: () => drift.shown && void push(path(queryOf(drift.shown.request))),
  };
}
