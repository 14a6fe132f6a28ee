import { describe, expect, test } from 'vitest';
import { judgeQueue } from '../../src/lab/queue/judge-queue.js';

describe('a queue', () => {
  test.each([
    [[1, 2, 3], false, 'holds', 'each of the 3 messages arrived once'],
    [[1, 1, 2, 2, 3, 3], false, 'broken', '3 of 3 messages arrived more than once'],
    [[1, 2, 2, 3], true, 'holds', 'all 3 messages arrived, one of them twice'],
    [[1, 1, 2, 2, 3], true, 'broken', '2 of 3 messages arrived more than once'],
    [[2, 3], true, 'broken', '1 message never arrived: number 1 is a gap'],
    [[], false, 'broken', '3 messages never arrived'],
  ])('of which %j arrived, a consumer killed: %s: %s', (received, killed, ruling, because) => {
    expect(judgeQueue({ messages: 3, received, killed })).toMatchObject({
      ruling,
      because: expect.stringContaining(because),
    });
  });
});
