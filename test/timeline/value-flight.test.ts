import { expect, test } from 'vitest';
import { whole } from '../../src/timeline/axis.js';
import type { TimelineRun } from '../../src/timeline/highlighted-pair.js';
import { type Direction, layOut } from '../../src/timeline/layout.js';
import { valueFlightAt } from '../../src/timeline/value-flight.js';
import { lostUpdateRun, overtakenRun } from './sample-runs.js';

const layoutOf = (run: TimelineRun, direction: Direction = 'across') =>
  layOut(run, {
    width: direction === 'across' ? 900 : 330,
    direction,
    spacing: 'even',
    batches: 'pair',
    detail: 'simple',
    view: whole,
  });

test.each(['across', 'down'] as const)(
  '%s: what is read comes from the file, and what is written goes to it',
  (direction) => {
    const layout = layoutOf(lostUpdateRun(), direction);
    const [file] = layout.strips;
    const isInFile = ({ x, y }: { x: number; y: number }) =>
      file !== undefined &&
      x >= file.x &&
      x <= file.x + file.width &&
      y >= file.y &&
      y <= file.y + file.height;
    const read = valueFlightAt(layout, 1);
    expect(read?.text).toBe('5');
    expect(read && [isInFile(read.from), isInFile(read.to)]).toEqual([true, false]);
    const written = valueFlightAt(layout, 3);
    expect(written?.text).toBe('4');
    expect(written && [isInFile(written.from), isInFile(written.to)]).toEqual([false, true]);
    // They move across time, not along it.
    const along = direction === 'down' ? 'y' : 'x';
    expect(read?.from[along]).toBe(read?.to[along]);
    expect(valueFlightAt(layout, 2)).toBeUndefined(); // it decides
  },
);

test('a line that does not count changes nothing', () => {
  const layout = layoutOf(overtakenRun());
  expect(valueFlightAt(layout, 3)?.text).toBe('4'); // the one that came first
  expect(valueFlightAt(layout, 3.5)).toBeUndefined();
});
