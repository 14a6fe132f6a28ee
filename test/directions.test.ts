import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';

const src = resolve(import.meta.dirname, '../src');

/**
 * The folders and files at the top of `src`, from the bottom up. Each may import only from those
 * listed, and all of those stand above it in this table: nothing imports upwards.
 */
const layers: Readonly<Record<string, readonly string[]>> = {
  'standard-streams': [],
  'next-tick': [],
  booking: [],
  lock: [],
  verdict: ['booking'],
  'exit-codes': ['booking', 'verdict'],
  'user-error': ['exit-codes'],
  store: ['booking', 'lock', 'verdict', 'exit-codes', 'user-error'],
  'setting-values': [],
  'server-address': [],
  settings: ['setting-values', 'server-address', 'store', 'user-error'],
  'child-environment': ['settings'],
  outbox: ['booking', 'lock', 'store', 'user-error'],
  timeline: ['settings', 'verdict'],
  telemetry: ['booking', 'lock', 'exit-codes', 'settings', 'standard-streams'],
  client: ['verdict', 'user-error'],
  http: ['booking', 'verdict', 'settings', 'timeline'],
  web: ['timeline', 'http'],
  cluster: ['http', 'timeline', 'settings', 'exit-codes'],
  lab: [
    'booking',
    'lock',
    'store',
    'verdict',
    'client',
    'timeline',
    'settings',
    'child-environment',
    'exit-codes',
    'user-error',
  ],
  app: [
    'standard-streams',
    'booking',
    'lock',
    'store',
    'settings',
    'server-address',
    'child-environment',
    'outbox',
    'telemetry',
    'http',
    'cluster',
    'lab',
    'timeline',
    'exit-codes',
    'user-error',
  ],
  cli: [
    'standard-streams',
    'booking',
    'store',
    'outbox',
    'verdict',
    'client',
    'timeline',
    'lab',
    'settings',
    'server-address',
    'exit-codes',
    'user-error',
  ],
  main: ['app', 'cli', 'cluster', 'next-tick'],
};

const names = Object.keys(layers);
const files = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter((name) =>
  name.endsWith('.ts'),
);

/** `booking` for `booking/decide.ts`, `main` for `main.ts`. */
const layerOf = (path: string): string => path.split('/')[0]?.replace(/\.[jt]s$/, '') ?? '';

interface Import {
  readonly layer: string;
  readonly typeOnly: boolean;
}

function importsOf(file: string): Import[] {
  const text = readFileSync(join(src, file), 'utf8');
  const found = text.matchAll(
    /(import type [^;]*?from |import [^;]*?from |import\(|from )'(\.[^']+)'/g,
  );
  return [...found].map(([, how = '', path = '']) => ({
    layer: layerOf(relative(src, resolve(dirname(join(src, file)), path))),
    typeOnly: how.startsWith('import type'),
  }));
}

const forbidden = (layer: string, imports: readonly Import[]): string[] =>
  imports
    .filter(({ layer: to }) => to !== layer && !layers[layer]?.includes(to))
    .map(({ layer: to }) => to);

describe('imports', () => {
  test.each(files)('of %s point down', (file) => {
    expect(names).toContain(layerOf(file));
    expect(forbidden(layerOf(file), importsOf(file))).toEqual([]);
  });

  test.each(names)('that %s may have stand above it in the table', (layer) => {
    for (const to of layers[layer] ?? [])
      expect(names.indexOf(to)).toBeLessThan(names.indexOf(layer));
  });

  test('of the page that lead to the server are types, which a browser never loads', () => {
    const page = files.filter((file) => layerOf(file) === 'web');
    const loaded = page.flatMap(importsOf).filter(({ typeOnly }) => !typeOnly);
    expect(new Set(loaded.map(({ layer }) => layer))).toEqual(new Set(['web', 'timeline']));
  });

  test('are found, and a forbidden one is reported', () => {
    expect(importsOf('booking/decide.ts')).toContainEqual({ layer: 'booking', typeOnly: true });
    expect(forbidden('booking', [{ layer: 'lock', typeOnly: false }])).toEqual(['lock']);
    expect(forbidden('http', [{ layer: 'store', typeOnly: true }])).toEqual(['store']);
  });
});
