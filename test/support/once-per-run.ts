const key = Symbol.for('turnstile.once-per-run');
const shared = globalThis as { [key]?: Map<string, unknown> };
shared[key] ??= new Map();
const results = shared[key];

/**
 * Makes something once per run of the tests. A global setup runs for every project, and each project
 * loads its own copy of the modules, so the results are kept on `globalThis`.
 *
 * @returns what the first call made
 */
export function oncePerRun<T>(name: string, make: () => T): T {
  if (!results.has(name)) results.set(name, make());
  return results.get(name) as T;
}
