import { expect, test } from 'vitest';
import { linesSince, type TracedStep, type TraceLine } from '../../src/lab/trace.js';

const step = (pid: number, batch: number, name: TracedStep['name'], at: number): TraceLine => ({
  pid,
  batch,
  name,
  at,
});

test('a run has no batch that began before it, even if that ended or was written later', () => {
  const warmUp = [
    step(1, 0, 'queued', 8),
    step(1, 7, 'lockWanted', 9),
    step(1, 7, 'answered', 11), // after the run began
  ];
  const run = [
    step(1, 0, 'queued', 10),
    step(1, 8, 'lockWanted', 10.5),
    step(2, 7, 'lockWanted', 10.6), // the same number in another process
    step(1, 8, 'answered', 12),
  ];
  const marks: TraceLine[] = [{ pid: 1, mark: 'started', at: 1 }];
  expect(linesSince([...marks, ...warmUp, ...run], 10)).toEqual([...marks, ...run]);
});
