import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { lineOf, saleCode } from '../../src/timeline/sale-code.js';
import type { SteppedProcess, SteppedStatus } from '../../src/timeline/stepped-run.js';
import { aProcess, aStatus, notHeld } from './stepped-samples.js';

const codeOf = (
  lockMode: SteppedStatus['setting']['lockMode'],
  store: 'json' | 'ledger' = 'json',
) => saleCode(aStatus({ setting: { store, lockMode, capacity: 1 } }));

function litBy(process: SteppedProcess, code = codeOf('file')): string | undefined {
  return code.lines[lineOf(code, process)]?.code.trim();
}

const named = (locks: readonly string[], other: Partial<SteppedProcess>) =>
  aProcess('A', { locks, ...other });

describe('the code of a sale', () => {
  test('is that of the json store, line by line', () => {
    const path = new URL('../../src/store/json/store.ts', import.meta.url);
    const [, body = ''] =
      /async sell\(.*?\{\n(.*?)\n {2}\}/s.exec(readFileSync(path, 'utf8')) ?? [];
    const statements = body.split('\n').map((line) =>
      line
        .replace(/\s*\/\/.*/, '')
        .replaceAll('this.#', '')
        .trim(),
    );
    expect(codeOf('off').lines.map(({ code }) => code)).toEqual(statements);
  });

  test('has a lock around it unless the lock mode is off', () => {
    expect(codeOf('off').lines.some(({ step }) => step === 'lock')).toBe(false);
    for (const store of ['json', 'ledger'] as const) {
      const { lines } = codeOf('file', store);
      expect([lines[0]?.step, lines.at(-1)?.step]).toEqual(['lock', 'unlock']);
    }
  });

  test.each([
    ['lock', [], 'await lock.run(async () => {'],
    ['read', ['the lock'], 'const before = await tickets.read();'],
    ['write', ['the lock'], 'if (changed) await tickets.replace(after);'],
    ['tell', ['the lock'], 'return receipts.append(outcomes, at);'],
    ['unlock', ['the lock'], '});'],
    ['admit', [], undefined],
  ])('%s lights its line', (next, holds, line) => {
    expect(litBy(aProcess('A', { next, holds }))).toBe(line);
  });

  test('a process that waits for the lock is at the line that acquires it', () => {
    const waiting = notHeld('B', 'waiting', { waitingFor: 'the lock' });
    expect(litBy(waiting)).toBe('await lock.run(async () => {');
  });

  test.each(['done', 'killed', 'running'] as const)('a process that is %s lights none', (state) => {
    expect(litBy(notHeld('A', state))).toBeUndefined();
  });

  test('of two locks, the line is that of the lock that is next', () => {
    const locks = ['east', 'west'];
    const at = (other: Partial<SteppedProcess>) => {
      const process = named(locks, other);
      return litBy(process, saleCode(aStatus({ processes: [process] })));
    };
    expect(at({ next: 'lock east' })).toBe('await first.run(async () => {');
    expect(at({ next: 'lock west', holds: ['east'] })).toBe('await second.run(async () => {');
    expect(at({ next: 'sell', holds: locks })).toBe('await store.sell(commands);');
    const unlocking = saleCode(aStatus({ processes: [named(locks, {})] }));
    expect(lineOf(unlocking, named(locks, { next: 'unlock west', holds: locks }))).toBe(3);
    expect(lineOf(unlocking, named(locks, { next: 'unlock east', holds: ['east'] }))).toBe(4);
  });

  test('a process that waits for itself is at the second lock', () => {
    const waiting = notHeld('A', 'waiting', {
      locks: ['east', 'east'],
      holds: ['east'],
      waitingFor: 'east',
    });
    const code = saleCode(aStatus({ processes: [waiting] }));
    expect(litBy(waiting, code)).toBe('await second.run(async () => {');
  });
});
