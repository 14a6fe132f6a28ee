import { expect, test } from 'vitest';
import { FileStory } from '../../src/web/lab/steps.js';
import { lostRun } from '../timeline/run-of.js';

test('a step says what the file said, and what the process took for so', () => {
  const run = lostRun();
  const file = new FileStory(run);
  const batch = run.lanes[1]?.batches[0];
  const writing = batch?.spans.find(({ kind }) => kind === 'writing');
  if (batch === undefined || writing === undefined) throw new Error('it writes');
  const { file: its, belief } = file.step(batch, writing);
  expect([its.before.left, its.after.left]).toEqual([5, 4]);
  expect([belief.before?.left, belief.after?.left]).toEqual([5, 4]);
  expect(file.at(3.2)).toMatchObject({ version: 1, left: 4 }); // written already, and it does not know
  expect(file.step(batch, { kind: 'waiting', start: 0.5, end: 1 }).belief.before).toBeUndefined();
});
