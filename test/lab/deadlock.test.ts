import { describe, expect, test } from 'vitest';
import { buildTimeline } from '../../src/lab/build-timeline.js';
import { defaults } from '../../src/lab/experiment-setting.js';
import { findHighlight } from '../../src/lab/highlight.js';
import { nameProcesses } from '../../src/lab/process-names.js';
import { buildStory } from '../../src/lab/story.js';
import type { TracedStep } from '../../src/lab/trace.js';
import type { RaceVerb } from '../../src/timeline/report.js';

type Step = readonly [name: TracedStep['name'], at: number];

const steps = (pid: number, ...named: readonly Step[]): TracedStep[] =>
  named.map(([name, at]) => ({ pid, name, at, batch: 1 }));

function read(traced: readonly TracedStep[], verb: RaceVerb = 'oppositeLocks') {
  const { lanes } = buildTimeline(traced, { version: 0, remaining: 10 }, true);
  const highlight = findHighlight(lanes, undefined);
  const { events, cause } = buildStory({
    lanes: nameProcesses(lanes, highlight),
    lostUpdate: undefined,
    highlight,
    setting: defaults,
    fault: undefined,
    verb,
  });
  return { kind: highlight?.kind, story: events.map(({ text }) => text), cause };
}

const locked: readonly Step[] = [
  ['lockWanted', 0],
  ['lockHeld', 1],
];
const gaveUp = (at: number): readonly Step[] => [
  ['lockRejected', at],
  ['lockReleased', at + 1],
  ['answered', at + 1],
];

describe('two processes that each hold a lock and wait for another one', () => {
  test('are a deadlock, which the later of the two waits closes', () => {
    const { kind, story, cause } = read([
      ...steps(1, ...locked, ['paused', 110], ['lockWanted', 110], ...gaveUp(1110)),
      ...steps(2, ['lockWanted', 2], ['lockHeld', 3], ['paused', 104], ['lockWanted', 104]),
      ...steps(2, ...gaveUp(1104)),
    ]);
    expect(kind).toBe('deadlock');
    expect(story).toEqual([
      expect.stringMatching(/^B got a lock at 1\.00 ms$/),
      expect.stringMatching(/^A got a lock at 3\.00 ms$/),
      expect.stringMatching(/^A wanted another one at 104\.0 ms, and kept the first$/),
      expect.stringMatching(/^B wanted another one at 110\.0 ms, and kept the first$/),
      expect.stringMatching(/^A gave up at 1,104 ms$/),
      expect.stringMatching(/^B gave up at 1,110 ms$/),
    ]);
    expect(cause).toMatchObject({ at: 110, text: expect.stringContaining('a deadlock') });
  });

  test('are none if both got what they wanted', () => {
    const both = [...locked, ['lockWanted', 10], ['lockHeld', 11], ['lockReleased', 12]] as const;
    expect(read([...steps(1, ...both), ...steps(2, ...both)]).kind).toBeUndefined();
  });

  test('are none if one of them held nothing while it waited', () => {
    const { kind, story } = read([
      ...steps(1, ...locked, ['lockWanted', 10], ['lockHeld', 11], ['lockReleased', 2000]),
      ...steps(2, ['lockWanted', 2], ...gaveUp(1002)),
    ]);
    expect(kind).toBeUndefined();
    expect(story).toEqual(['B waited for the lock until its time was up']);
  });
});

test('a process that wants the lock that it holds waits for itself', () => {
  const { story, cause } = read(
    steps(1, ...locked, ['paused', 100], ['lockWanted', 100], ...gaveUp(1100)),
    'sameLock',
  );
  expect(story[1]).toBe('A wanted the same lock once more at 100.0 ms, and kept the first');
  expect(cause).toMatchObject({ cause: true, text: expect.stringContaining('waited for itself') });
});
