import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { peers } from '../../bench/peers/registry.js';
import { planOf } from '../../src/lab/plan.js';
import { planStepped } from '../../src/lab/stepping/plan-stepped.js';
import type { LabRequest } from '../../src/timeline/lab-request.js';
import { requestFromQuery } from '../../src/web/lab/request-url.js';
import { addressOfOptions, pythonRows } from '../../src/web/python/python-table.js';

const page = readFileSync(new URL('../../docs/FROM-PYTHON.md', import.meta.url), 'utf8');
const rows = pythonRows(page);
const codes = rows.flatMap(([, , where]) =>
  where.flatMap(({ kind, text }) => (kind === 'code' ? [text] : [])),
);

/** Plans what an address runs: a lab that would reject it throws. */
function plan(address: string): void {
  const [view, text] = address.slice(1).split('?');
  const query = new URLSearchParams(text);
  if (view === 'lab') return void planOf(requestFromQuery(query) ?? {});
  const variant = query.get('variant');
  const request = { level: Number(query.get('level')), ...(variant === null ? {} : { variant }) };
  planStepped(request as LabRequest);
}

describe('docs/FROM-PYTHON.md', () => {
  test('has a row for each word of a Python course', () => {
    const words = rows.map(([python]) => python.map(({ text }) => text).join(''));
    expect(words).toEqual(
      expect.arrayContaining([
        'deadlock',
        'RLock',
        'Semaphore',
        'LifoQueue',
        'PriorityQueue',
        'coroutines: async def, await',
        'threads against processes',
        expect.stringContaining('forks a process for each client'),
      ]),
    );
  });

  test('names what the lab can run, and nothing else', () => {
    const addresses = codes.flatMap((code) => addressOfOptions(code) ?? []);
    expect(addresses.length).toBeGreaterThan(12);
    for (const address of addresses) expect(() => plan(address), address).not.toThrow();
    expect(() => plan('#levels?level=8&variant=unsorted')).toThrow('level 8 takes');
    expect(() => plan('#lab?scenario=two-windows')).toThrow('no scenario');
  });

  test('names rows of the benchmark that exist', () => {
    const named = codes.flatMap((code) => /bench -- --rung "(.+)"/.exec(code)?.[1] ?? []);
    expect(named).toHaveLength(1);
    expect(peers.map(({ name }) => name)).toEqual(expect.arrayContaining(named));
  });
});

test('splits a row into its parts', () => {
  const markdown = [
    '| Python | here | where |',
    '|---|---|---|',
    '| `Queue` | *none*: see [a file](../x.ts) | |',
  ];
  expect(pythonRows(markdown.join('\n'))).toEqual([
    [
      [{ kind: 'code', text: 'Queue' }],
      [
        { kind: 'emphasis', text: 'none' },
        { kind: 'text', text: ': see ' },
        { kind: 'link', text: 'a file' },
      ],
      [],
    ],
  ]);
});

test.each([
  ['--scenario three-tickets', '#lab?scenario=three-tickets'],
  ['--level 8 --variant sorted', '#levels?level=8&variant=sorted'],
  ['--mode off --workers 1', '#lab?lockMode=off&workers=1'],
  ['--window', undefined],
  ['npm run bench -- --rung x', undefined],
])('%s leads to %s', (options, address) => {
  expect(addressOfOptions(options)).toBe(address);
});
