import { expect, test } from 'vitest';
import { madeOnce } from '../../src/http/made-once.js';

test('it is made at the first question, for all that ask', async () => {
  let times = 0;
  const made = madeOnce(async () => ++times);
  expect(times).toBe(0);
  expect(await Promise.all([made(), made()])).toEqual([1, 1]);
  expect(await made()).toBe(1);
});

test('what failed is tried again at the next question', async () => {
  let times = 0;
  const made = madeOnce(async () => {
    if (++times === 1) throw new Error('not now');
    return times;
  });
  await expect(Promise.all([made(), made()])).rejects.toThrow('not now');
  expect([await made(), await made()]).toEqual([2, 2]);
});
