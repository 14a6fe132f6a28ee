import { expect, test } from 'vitest';
import { connectionsMax, openFilesMax } from '../../src/cluster/open-files.js';

test('the limit of open files is known', () => {
  expect(openFilesMax()).toBeGreaterThan(100);
});

test.each([
  [256, 64],
  [1024, 448],
  [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY],
])('with %d open files a worker takes %d connections', (openFiles, connections) => {
  expect(connectionsMax(openFiles)).toBe(connections);
});
