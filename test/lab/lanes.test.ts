import { describe, expect, test } from 'vitest';
import { lanesOf } from '../../src/lab/lanes.js';
import { firstLostUpdate } from '../../src/lab/lost-update.js';
import { countOvertakings, everMet, lockWaits, ownTurns } from '../../src/lab/meetings.js';
import { tellStory } from '../../src/lab/story.js';
import type { Traced } from '../../src/lab/traced-step.js';
import { aTurn, stepsOf } from './steps-of.js';

const first = { version: 0, left: 100 };
const storyOf = (traced: readonly Traced[]): string[] => {
  const { lanes } = lanesOf(traced, first);
  return tellStory({ lanes, lostUpdate: firstLostUpdate(lanes) }).map(({ text }) => text);
};

describe('lanes', () => {
  test('have a turn with its spans, its states and what its buyers were told', () => {
    const { lanes, endMs } = lanesOf(aTurn(7, 1, 1_000, 0, 99), first);
    expect(endMs).toBe(90);
    expect(lanes).toHaveLength(1);
    const [turn] = lanes[0]?.turns ?? [];
    expect(turn).toMatchObject({
      id: '7:1',
      start: 0,
      end: 80,
      read: { at: 20, version: 0, left: 100 },
      wrote: { at: 50, version: 1, left: 99 },
      serials: [1],
      refused: 0,
    });
    expect(turn?.spans.map(({ kind, start, end }) => [kind, start, end])).toEqual([
      ['waiting', 0, 10],
      ['holding', 10, 70],
      ['reading', 10, 20],
      ['pausing', 20, 30],
      ['deciding', 30, 40],
      ['writing', 40, 50],
      ['noting', 50, 60],
      ['syncing', 70, 80],
    ]);
  });

  test('say of a process that was killed where it was, and what it had read', () => {
    const lost = stepsOf(7, 1, { lockWanted: 0, lockHeld: 1, loaded: 2 });
    const { lanes } = lanesOf(
      [...lost, { pid: 7, mark: 'killed', at: 3 }, ...aTurn(8, 1, 5, 0, 99)],
      first,
    );
    const [turn] = lanes.find(({ pid }) => pid === 7)?.turns ?? [];
    expect(turn?.read).toEqual({ at: 2, version: 0, left: 100 });
    expect(turn?.spans.at(-1)).toMatchObject({ kind: 'deciding', end: 3, unfinished: true });
    expect(lanes.map(({ pid }) => pid)).toEqual([7, 8]);
    expect(everMet(lanes)).toBe(true); // its lock was there still
  });

  test('show an attempt of the ledger that was overtaken', () => {
    const one = stepsOf(7, 1, { lockWanted: 0, lockHeld: 1, loaded: 2, decided: 3, appended: 4 });
    const again = stepsOf(
      7,
      1,
      { loaded: 6, decided: 7, appended: 8, lockReleased: 9 },
      { read: 1 },
    );
    const { lanes } = lanesOf([...one, ...again], first);
    const spans = lanes[0]?.turns[0]?.spans ?? [];
    expect(spans.filter(({ overtaken }) => overtaken).map(({ kind }) => kind)).toEqual([
      'writing',
      'checking',
    ]);
    expect(spans.at(-1)?.kind).toBe('syncing');
    expect(firstLostUpdate(lanes)).toBeUndefined();
    expect(storyOf([...one, ...again]).join('\n')).toContain('it does not count');
  });
});

describe('the first lost update', () => {
  const one = aTurn(7, 1, 0, 0, 99);

  test('is two processes that made one version', () => {
    const { lanes } = lanesOf([...one, ...aTurn(8, 1, 5, 0, 99)], first);
    expect(firstLostUpdate(lanes)).toMatchObject({
      erased: { pid: 7, read: { left: 100 }, wrote: { left: 99 } },
      erasing: { pid: 8, read: { left: 100 }, wrote: { left: 99 } },
      serials: [1],
    });
    expect(storyOf([...one, ...aTurn(8, 1, 5, 0, 99)])).toEqual([
      'worker 7 read 100 left at 20.00 ms',
      'worker 8 read 100 left at 25.00 ms, too',
      'worker 7 wrote 99 left at 50.00 ms',
      'worker 8 wrote 99 left at 55.00 ms: both sold serial 1, and the second write erased the first',
    ]);
  });

  test('is one that is plain to see, where there is one', () => {
    // 8 looks at what it read only after 7 has written; 9 had looked at it before.
    const late = stepsOf(
      8,
      1,
      { lockWanted: 1, lockHeld: 2, loaded: 52, decided: 53, replaced: 54 },
      {
        read: 0,
        wrote: 1,
      },
    );
    const plain = aTurn(9, 1, 15, 0, 99);
    const found = (traced: Traced[]) => firstLostUpdate(lanesOf(traced, first).lanes);
    expect(found([...one, ...late])?.erasing.pid).toBe(8);
    expect(storyOf([...one, ...late])[0]).toMatch(
      /^worker 8 had begun to read at 2\.00 ms, and got/,
    );
    expect(found([...one, ...late, ...plain])?.erasing.pid).toBe(9);
  });

  test('may be of one process, where there is no pair of two', () => {
    const { lanes } = lanesOf([...one, ...aTurn(7, 2, 5, 0, 99)], first);
    expect(firstLostUpdate(lanes)).toMatchObject({ erased: { pid: 7 }, erasing: { pid: 7 } });
  });

  test('is none where each read what the other had written', () => {
    const traced = [...one, ...aTurn(8, 1, 75, 1, 98)];
    expect(firstLostUpdate(lanesOf(traced, first).lanes)).toBeUndefined();
  });
});

describe('processes', () => {
  test('have met where one wanted the lock while another one held it', () => {
    const apart = [...aTurn(7, 1, 0, 0, 99), ...aTurn(8, 1, 200, 1, 98)];
    const together = [...aTurn(7, 1, 0, 0, 99), ...aTurn(8, 1, 69, 1, 98)];
    expect(everMet(lanesOf(apart, first).lanes)).toBe(false);
    expect(everMet(lanesOf(together, first).lanes)).toBe(true);
  });

  test('overtake: asked later, and let in earlier', () => {
    const patient = stepsOf(7, 1, { lockWanted: 0, lockHeld: 500 });
    const turns = (traced: Traced[]) => ownTurns(lanesOf(traced, first).lanes);
    expect(countOvertakings(turns([...patient, ...aTurn(8, 1, 10, 0, 99)]))).toBe(1);
    expect(countOvertakings(turns([...patient, ...aTurn(7, 2, 10, 0, 99)]))).toBe(0);
    expect(countOvertakings(turns([...patient, ...aTurn(8, 1, 510, 0, 99)]))).toBe(0);
    expect(lockWaits(turns(patient))).toEqual({ p50: 500, p99: 500, max: 500 });
  });
});
