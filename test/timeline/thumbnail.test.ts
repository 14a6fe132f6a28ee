import { describe, expect, test } from 'vitest';
import { printMarkup } from '../../src/timeline/markup.js';
import { describeThumbnail, drawThumbnail, thumbnailOf } from '../../src/timeline/thumbnail.js';
import { batchOf, handoverRun, laneOf, lostUpdateRun } from './sample-runs.js';

describe('a thumbnail of a run', () => {
  test('without a lock shows both processes between read and write at the same time', () => {
    // A from 0.5 to 3; B from 1 to 4, with a batch that begins while the first one is under way.
    const thumbnail = thumbnailOf(lostUpdateRun(), 100);
    expect(thumbnail).toEqual({
      places: 100,
      lanes: [
        { name: 'A', blocks: [[10, 60]] },
        { name: 'B', blocks: [[20, 80]] },
      ],
      runMs: 5,
      togetherMs: 2,
    });
    expect(describeThumbnail(thumbnail)).toBe(
      '2 processes, in 5.00 ms: two of them between read and write for 2.00 ms',
    );
  });

  test('with a lock shows one after the other', () => {
    const thumbnail = thumbnailOf(handoverRun(), 140);
    expect(thumbnail.lanes.map(({ blocks }) => blocks)).toEqual([
      [
        [5, 30],
        [105, 130],
      ],
      [[55, 80]],
    ]);
    expect(thumbnail.togetherMs).toBe(0);
    expect(describeThumbnail(thumbnail)).toContain('never two of them between read and write');
  });

  test('of one process is never of two', () => {
    const lanes = [laneOf(1, batchOf('1:1', 0, [0, 5], [1, 4]), batchOf('1:2', 1, [0, 5], [1, 4]))];
    const thumbnail = thumbnailOf({ lanes, setting: handoverRun().setting }, 100);
    expect(thumbnail.togetherMs).toBe(0);
    expect(describeThumbnail(thumbnail)).toBe('one process, in 5.00 ms');
  });

  test('of very many batches is small, and has every block inside', () => {
    const batches = Array.from({ length: 1_000 }, (_, index) =>
      batchOf(`1:${index}`, 10 * index, [index, 5], [index + 1, 4]),
    );
    const lanes = [laneOf(1, ...batches), laneOf(2, batchOf('2:1', 9_999, [0, 5]))];
    const thumbnail = thumbnailOf({ lanes, setting: handoverRun().setting }, 240);
    const blocks = thumbnail.lanes.flatMap((lane) => lane.blocks);
    expect(blocks.length).toBeLessThanOrEqual(240);
    for (const [from, to] of blocks) {
      expect(from).toBeGreaterThanOrEqual(0);
      expect(to).toBeGreaterThan(from);
      expect(to).toBeLessThanOrEqual(240);
    }
    expect(JSON.stringify(thumbnail).length).toBeLessThan(4_000); // it is kept in the browser
  });

  test('is drawn with a row for each process, in its colour', () => {
    const svg = printMarkup(drawThumbnail(thumbnailOf(lostUpdateRun(), 100), { role: 'img' }));
    expect(svg).toContain('viewBox="0 0 100 16"');
    expect(svg).toMatch(
      /who-1.*<rect x="10" y="0" width="50" height="7">.*who-2.*<rect x="20" y="9"/,
    );
  });
});
