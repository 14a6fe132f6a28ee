const made = ((globalThis as Record<symbol, unknown>)[Symbol.for('turnstile.once-per-run')] ??=
  new Map()) as Map<string, unknown>;

/**
 * Makes something once per run of the tests. A global setup runs for every project, and each project
 * loads modules of its own, so the results are kept on `globalThis`.
 *
 * @returns what the first call made
 */
export function oncePerRun<T>(name: string, make: () => T): T {
  if (!made.has(name)) made.set(name, make());
  return made.get(name) as T;
}
