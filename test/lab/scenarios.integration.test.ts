import { describe, expect, test } from 'vitest';
import { runExperiment } from '../../src/lab/experiment.js';
import type { Plan } from '../../src/lab/plan.js';
import { scenarios } from '../../src/lab/scenarios.js';
import type { Figures, Run } from '../../src/timeline/report.js';
import { expectInNearlyAll, plansOf, runScenario } from './scenario-runs.js';

/** Expects a condition that depends on scheduling: a run may occasionally differ. */
const expectInMost = (
  figures: readonly Figures[],
  condition: (figures: Figures) => boolean,
): void => {
  expect(figures.filter(condition).length).toBeGreaterThan(figures.length / 2);
};

describe('a scenario teaches', () => {
  test('hundred-minus-ten: more than 90 tickets are left without a lock, exactly 90 with one', async () => {
    const [off, lock] = (await runScenario('hundred-minus-ten')) as [Figures[], Figures[]];
    expectInNearlyAll(off, ({ remaining, toldSold }) => remaining > 90 && toldSold === 10);
    expect(new Set(lock.map(({ remaining }) => remaining))).toEqual(new Set([90]));
  });

  test('memory-is-not-shared: a mutex is enough for one worker, but not for two', async () => {
    await runScenario('memory-is-not-shared');
  });

  test('buyer-or-crowd: both are correct, and batches need a fraction of the acquisitions', async () => {
    const [single, batched] = (await runScenario('buyer-or-crowd')) as [Figures[], Figures[]];
    const fewest = Math.min(...single.map(({ batches }) => batches));
    expect(fewest).toBeGreaterThanOrEqual(60);
    expectInMost(batched, ({ batches }) => batches < fewest / 4);
  });

  test('overtaken-while-polling: both are correct, and polling processes overtake each other', async () => {
    const [polling] = (await runScenario('overtaken-while-polling')) as [Figures[], Figures[]];
    expectInMost(polling, ({ overtakings }) => overtakings > 0);
  });

  test('ledger-without-a-lock: some lines do not count, and every sale is correct', async () => {
    const [off] = (await runScenario('ledger-without-a-lock')) as [Figures[]];
    expectInMost(off, ({ skipped }) => skipped > 0);
    expect(off.filter(({ duplicates }) => duplicates > 0)).toEqual([]);
  });
});

test('every scenario has a test', () => {
  expect(scenarios.map(({ name }) => name).sort()).toEqual([
    'buyer-or-crowd',
    'cursor-before-send',
    'holder-killed', // in fault-injection.integration.test.ts
    'hundred-minus-ten',
    'lease-stolen', // in fault-injection.integration.test.ts
    'ledger-without-a-lock',
    'memory-is-not-shared',
    'overtaken-while-polling',
    'paid-after-its-time',
    'refund-twice',
    'the-lost-edit',
    'three-tickets', // in three-tickets.timing.test.ts
    'two-consumers',
    'two-doors',
    'two-locks',
  ]);
});

describe('a scenario of another verb than buy', () => {
  const planOf = (name: string, index: number): Plan => {
    const plan = plansOf(name)[index];
    if (plan === undefined) throw new Error(`${name} has no such run`);
    return plan;
  };

  test.each([
    ['two-doors', 'both admitted the owner of the ticket'],
    ['refund-twice', 'both cancelled the order'],
    ['paid-after-its-time', 'both'],
    ['the-lost-edit', 'both'],
  ])('%s is broken without a lock', async (name, bothDid) => {
    const plan = planOf(name, 0);
    const { verdict, verb, lostUpdate, story } = await runExperiment(plan);
    expect(verdict, verdict.because).toMatchObject({ ruling: 'broken' });
    expect(verb).toBe(plan.verb);
    expect(lostUpdate).toBeDefined();
    expect(story.map(({ text }) => text).join('\n')).toContain(bothDid);
    const end = story.findLast(({ cause }) => cause !== true);
    expect(end?.text).toBe(`In the end ${verdict.because}`);
  });

  test('two-doors holds with a lock', async () => {
    const { verdict, answers, lostUpdate } = await runExperiment(planOf('two-doors', 1));
    expect(verdict, verdict.because).toMatchObject({ ruling: 'holds' });
    expect(answers?.slice(0, 2)).toEqual([
      { name: 'tickets', value: '5' },
      { name: 'told "come in"', value: '5' },
    ]);
    expect(lostUpdate).toBeUndefined();
  });
});

async function runAll(scenario: string): Promise<[Run, Run, Run?]> {
  const runs: Run[] = [];
  for (const plan of plansOf(scenario)) runs.push(await runExperiment(plan));
  return runs as [Run, Run, Run?];
}
const countOf = ({ answers = [] }: Run, name: string) =>
  Number(answers.find((each) => each.name === name)?.value);
const wordsOf = (run: Run | undefined) => run?.story.map(({ text }) => text).join('\n');

describe('a scenario of a queue', () => {
  test('two-consumers: without a lock messages are sent twice, with one each of them once', async () => {
    const [off, lock] = await runAll('two-consumers');
    expect(off.verdict, off.verdict.because).toMatchObject({ ruling: 'broken' });
    expect(countOf(off, 'received')).toBeGreaterThan(10);
    expect(countOf(off, 'never received')).toBe(0);
    expect(off.lostUpdate).toBeDefined();
    expect(wordsOf(off)).toContain('both sent the message');
    expect(lock.verdict, lock.verdict.because).toMatchObject({ ruling: 'holds' });
    expect(countOf(lock, 'received')).toBe(10);
    expect([lock.lostUpdate, lock.lanes.length]).toEqual([undefined, 2]);
  }, 120_000);

  test('cursor-before-send: a killed consumer leaves a gap, or a message that is sent twice', async () => {
    const [cursorFirst, messageFirst] = await runAll('cursor-before-send');
    expect(cursorFirst.verdict.ruling, cursorFirst.verdict.because).toBe('broken');
    expect(countOf(cursorFirst, 'received')).toBe(9);
    expect(countOf(cursorFirst, 'never received')).toBe(1);
    expect(wordsOf(cursorFirst)).toContain('after it had moved the cursor, and before it sent');
    expect(messageFirst.verdict.ruling, messageFirst.verdict.because).toBe('holds');
    expect(countOf(messageFirst, 'received')).toBe(11);
    expect(countOf(messageFirst, 'never received')).toBe(0);
    expect(wordsOf(messageFirst)).toContain('sent the message again');
  }, 120_000);
});

describe('a scenario of two locks', () => {
  test('two-locks: in opposite order both wait, in one order both get through, twice waits for itself', async () => {
    const [opposite, sorted, twice] = await runAll('two-locks');
    expect(opposite.verdict.ruling, opposite.verdict.because).toBe('broken');
    expect(opposite.verdict.because).toContain('each held the lock that the other one waited for');
    expect(opposite.highlight?.kind).toBe('deadlock');
    expect(wordsOf(opposite)).toMatch(/kept the first.+gave up.+a deadlock/s);
    expect(sorted.verdict, sorted.verdict.because).toMatchObject({ ruling: 'holds' });
    expect(countOf(sorted, 'moved a ticket')).toBe(2);
    expect(sorted.highlight?.kind).toBe('handover');
    expect(twice?.verdict.because).toBe(
      'the process gave up: it waited for a lock that it held itself',
    );
    expect(wordsOf(twice)).toMatch(/wanted the same lock once more.+waited for itself/s);
  }, 120_000);
});
