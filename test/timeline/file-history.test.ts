import { expect, test } from 'vitest';
import { FileHistory } from '../../src/timeline/file-history.js';
import { lostUpdateRun } from './sample-runs.js';

test('a step has what the file said and what the process believed, before and after', () => {
  const run = lostUpdateRun();
  const history = new FileHistory(run);
  const batch = run.lanes[1]?.batches[0];
  const writing = batch?.spans.find(({ kind }) => kind === 'writing');
  if (batch === undefined || writing === undefined) throw new Error('the batch must write');
  const { file, belief } = history.step(batch, writing);
  expect([file.before.remaining, file.after.remaining]).toEqual([5, 4]);
  expect([belief.before?.remaining, belief.after?.remaining]).toEqual([5, 4]);
  expect(history.at(3.2)).toMatchObject({ version: 1, remaining: 4 }); // the file has changed, and the second process does not know
  expect(
    history.step(batch, { kind: 'waiting', start: 0.5, end: 1 }).belief.before,
  ).toBeUndefined();
});
