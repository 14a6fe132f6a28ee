import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';

const src = resolve(import.meta.dirname, '../src');

/**
 * Which room may look into which. The domain imports nothing of ours; HTTP knows no store and no
 * lock but their names; a store knows no HTTP; what runs the processes puts it all together.
 */
const allowed: Record<string, readonly string[]> = {
  booking: [],
  lock: [],
  verdict: ['booking'],
  store: ['booking', 'lock', 'verdict', 'exit-codes', 'unusable'],
  http: ['booking', 'verdict', 'lock/registry', 'store/registry'],
  // In a browser there is nothing of ours but this: what an experiment showed is a type, and vanishes.
  web: ['lab/report'],
  settings: ['store/registry', 'unusable'],
  parts: ['booking', 'lock/port', 'lock/registry', 'settings', 'store/registry'],
  unusable: ['exit-codes'],
  'exit-codes': ['booking/faults'],
  cluster: [
    'booking',
    'http',
    'lab',
    'lock/port',
    'parts',
    'settings',
    'store',
    'exit-codes',
    'unusable',
  ],
  cli: [
    'booking',
    'http',
    'settings',
    'store',
    'verdict',
    'exit-codes',
    'unusable',
    'lock',
    'parts',
    'lab',
  ],
  lab: [
    'booking',
    'cli/buyers',
    'lock/registry',
    'store/kind',
    'store/lines',
    'store/registry',
    'store/postgres/temporary-database',
    'verdict',
    // The drawing of the page, which needs no browser.
    'web/lab/axis',
    'web/lab/draw',
    'web/lab/kinds',
    'web/lab/layout',
    'web/lab/markup',
    'web/lab/pair',
    'web/lab/placed-lanes',
    'web/lab/rows',
    'parts',
    'run-office',
    'settings',
    'exit-codes',
    'unusable',
  ],
  'run-office': ['cluster', 'parts', 'settings', 'exit-codes', 'unusable'],
  main: ['cli', 'parts', 'run-office'],
};

const files = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter((name) =>
  name.endsWith('.ts'),
);

/** `store/json` for `src/store/json.ts`. */
const nameOf = (path: string): string => relative(src, path).replace(/\.[jt]s$/, '');
const roomOf = (name: string): string => name.split('/')[0] ?? '';

function importsOf(file: string): string[] {
  const text = readFileSync(join(src, file), 'utf8');
  const found = [...text.matchAll(/(?:from\s+|import\s*\(?)'(\.[^']+)'/g)];
  return found.map(([, path]) => nameOf(resolve(dirname(join(src, file)), path ?? '')));
}

/** The imports of a file that lead where its room may not look. */
function forbidden(name: string, imports: readonly string[]): string[] {
  const room = roomOf(name);
  return imports.filter((imported) => {
    const within = roomOf(imported) === room;
    const may = allowed[room]?.some((to) => imported === to || imported.startsWith(`${to}/`));
    return !within && !may;
  });
}

describe('imports', () => {
  test.each(files)('of %s go the way that the house is built', (file) => {
    expect(allowed).toHaveProperty(roomOf(nameOf(join(src, file))));
    expect(forbidden(nameOf(join(src, file)), importsOf(file))).toEqual([]);
  });

  test('(are found, and a wrong one is seen)', () => {
    expect(importsOf('store/json.ts')).toContain('booking/decide');
    expect(forbidden('booking/queue', ['lock/port'])).toEqual(['lock/port']);
    expect(forbidden('store/json', ['http/app'])).toEqual(['http/app']);
  });
});
