import { expect, test } from 'vitest';
import { changesBetween } from '../../src/timeline/step-words.js';
import type { SteppedProcess } from '../../src/timeline/stepped-run.js';
import { aProcess, aStatus, notHeld } from './stepped-samples.js';

const ofA = (before: SteppedProcess, after: SteppedProcess) =>
  changesBetween(
    aStatus({ processes: [before, aProcess('B')] }),
    aStatus({ processes: [after, aProcess('B')] }),
  );

test.each<[SteppedProcess, SteppedProcess, object]>([
  [
    aProcess('A'),
    aProcess('A', { next: 'decide', believes: '1 ticket left' }),
    { did: 'read: 1 ticket left', next: 'next: decide' },
  ],
  [
    aProcess('A', { next: 'lock' }),
    notHeld('A', 'waiting', { waitingFor: 'the lock' }),
    { did: 'waits for the lock' },
  ],
  [
    notHeld('A', 'waiting', { waitingFor: 'the lock' }),
    aProcess('A', { holds: ['the lock'] }),
    { did: 'acquired the lock', next: 'next: read' },
  ],
  [aProcess('A'), aProcess('A', { state: 'stopped' }), { did: 'was stopped' }],
  [aProcess('A', { state: 'stopped' }), aProcess('A'), { did: 'was continued' }],
  [aProcess('A'), notHeld('A', 'killed'), { did: 'was killed' }],
  [
    aProcess('A', { next: 'tell' }),
    notHeld('A', 'done', { believes: 'its buyer has serial 1' }),
    { did: 'answered, and ended: its buyer has serial 1' },
  ],
])('what a process did is said in words', (before, after, change) => {
  expect(ofA(before, after)).toEqual([{ subject: 'A', ...change }]);
});

test('nothing is said of a process that is still making its step', () => {
  expect(ofA(aProcess('A'), notHeld('A', 'running'))).toEqual([]);
});

test('a file that changed says what is left', () => {
  const file = { name: 'tickets.json', text: '{"version":2}', remaining: 0 };
  expect(changesBetween(aStatus(), aStatus({ file }))).toEqual([
    { subject: 'tickets.json', did: 'says: 0 left' },
  ]);
  expect(changesBetween(aStatus(), aStatus())).toEqual([]);
});
