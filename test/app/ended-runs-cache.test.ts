import { expect, test } from 'vitest';
import { cacheEndedRuns } from '../../src/app/ended-runs-cache.js';
import type { LabReply, LabStatus } from '../../src/timeline/lab-status.js';

test('a stepped experiment that starts has not ended', async () => {
  let calls = 0;
  const call = cacheEndedRuns(async (): Promise<LabReply> => {
    calls++;
    const status = { id: 'a', state: 'starting' } as unknown as LabStatus;
    return { kind: 'status', status };
  });
  for (let look = 0; look < 3; look++) await call({ verb: 'look', id: 'a' });
  expect(calls).toBe(3);
});

test('an experiment that has ended is asked for once, a running one every time', async () => {
  const calls: string[] = [];
  const states = new Map<string, LabStatus['state']>([
    ['a', 'running'],
    ['b', 'done'],
  ]);
  const call = cacheEndedRuns(async (question): Promise<LabReply> => {
    const id = question.verb === 'begin' ? 'begin' : question.id;
    calls.push(id);
    const state = states.get(id);
    if (state === undefined) return { kind: 'unknown' };
    const progress = { phase: 'selling', run: 1, runs: 1, title: id } as const;
    return { kind: 'status', status: { id, state, progress, runs: [] } };
  });
  const look = (id: string) => call({ verb: 'look', id });

  for (const id of ['a', 'a', 'b', 'b', 'c', 'c']) await look(id);
  expect(calls).toEqual(['a', 'a', 'b', 'c', 'c']);
  states.set('a', 'stopped');
  expect(await look('a')).toMatchObject({ status: { state: 'stopped' } });
  expect(await call({ verb: 'stop', id: 'a' })).toMatchObject({ status: { state: 'stopped' } });
  expect(calls).toHaveLength(6);

  // It remembers no more than the lab does.
  for (let number = 0; number < 5; number++) {
    states.set(`old-${number}`, 'failed');
    await look(`old-${number}`);
  }
  await look('b');
  expect(calls.at(-1)).toBe('b');
});
