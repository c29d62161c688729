/** Puts a query into the address in the place of what it has: what is shown, not a step to go back from. */
export function writeQuery(query: string): void {
  const [path] = location.hash.split('?');
  const hash = query ? `${path}?${query}` : path;
  if (hash !== location.hash) history.replaceState(history.state, '', hash);
}
