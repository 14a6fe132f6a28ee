import { describe, expect, test } from 'vitest';
import { type JudgeRunInput, judgeRun } from '../../src/lab/judge-run.js';
import { catalogueOf, planLadder, planOf } from '../../src/lab/plan.js';
import { defaults } from '../../src/lab/setting.js';
import type { Figures } from '../../src/timeline/report.js';
import type { Verdict } from '../../src/verdict/judge.js';

const figures: Figures = {
  buyers: 200,
  capacity: 100,
  toldSold: 100,
  toldSoldOut: 100,
  unknown: 0,
  remaining: 0,
  oversold: 0,
  duplicates: 0,
  lostUpdates: 0,
  withdrawn: 0,
  skipped: 0,
  seconds: 1,
  buysPerSecond: 200,
  batches: 10,
  overtakings: 0,
};

const event = { id: 'run-1', capacity: 100, sold: 100, remaining: 0, oversold: 0, duplicates: 0 };
const verdict: Verdict = {
  verdict: 'holds',
  version: 100,
  events: [event],
  lostUpdates: 0,
  withdrawn: 0,
  skipped: 0,
  stillOnSale: 0,
};
const good: JudgeRunInput = { setting: defaults, figures, verdict, met: true, gaps: false };

describe('an experiment', () => {
  test('holds where every ticket was sold once, and the processes met', () => {
    expect(judgeRun(good)).toEqual({
      ruling: 'holds',
      because: '100 tickets sold of 100, each of them once',
    });
  });

  test.each([
    ['nobody met', { met: false }],
    ['not all was noted', { gaps: true }],
    ['nothing was sold', { verdict: { ...verdict, verdict: 'inconclusive' as const } }],
    ['there is no lock', { setting: { ...defaults, lockMode: 'off' as const } }],
    ['each has a mutex', { setting: { ...defaults, lockMode: 'mutex' as const } }],
  ])('is inconclusive where %s', (_why, change) => {
    expect(judgeRun({ ...good, ...change }).ruling).toBe('inconclusive');
  });

  test('needs nobody to meet where there is one worker, or the ledger without a lock', () => {
    const alone = { ...defaults, workers: 1, lockMode: 'mutex' as const };
    expect(judgeRun({ ...good, met: false, setting: alone }).ruling).toBe('holds');
    const ledger = { ...defaults, store: 'ledger' as const, lockMode: 'off' as const };
    expect(judgeRun({ ...good, setting: ledger }).ruling).toBe('holds');
  });

  test('is broken where the evidence is, and where more was told than noted', () => {
    const oversold = { ...figures, oversold: 7 };
    const broken = { ...verdict, verdict: 'broken' as const };
    expect(judgeRun({ ...good, figures: oversold, verdict: broken, met: false }).ruling).toBe(
      'broken',
    );
    expect(judgeRun({ ...good, figures: { ...figures, toldSold: 101 } }).ruling).toBe('broken');
  });
});

const SERVER = 'postgres://ada:hunter2@localhost/tickets';

describe('a plan', () => {
  test('is the command that repeats it', () => {
    const commandOf = (request: Parameters<typeof planOf>[0]) => planOf(request)[0]?.command;
    expect(commandOf({ rung: 3 })).toBe('npm run lab -- --rung 3');
    expect(commandOf({ rung: 1, buyers: 50, windowMs: 5 })).toBe(
      'npm run lab -- --rung 1 --buyers 50 --window 5',
    );
    expect(commandOf({ lockMode: 'off', workers: 3 })).toBe(
      'npm run lab -- --store json --mode off --workers 3',
    );
    expect(commandOf({ scenario: 'lease-stolen' })).toBe('npm run lab -- --scenario lease-stolen');
  });

  test('of the ladder expects rungs 1 and 2 to be broken, and no other', () => {
    const rulings = ['broken', 'broken', 'holds', 'holds', 'holds', 'holds', 'holds', 'holds'];
    expect(planLadder({}, SERVER).map(({ expect: ruling }) => ruling)).toEqual(rulings);
    // The last one needs a server.
    expect(planLadder().map(({ expect: ruling }) => ruling)).toEqual(rulings.slice(0, -1));
  });

  test('on PostgreSQL has a lock mode of its own, and bears no address', () => {
    const [plan] = planOf({ store: 'postgres' }, SERVER);
    expect(plan).toMatchObject({ setting: { lockMode: 'row' }, expect: 'holds' });
    expect(plan?.command).toBe('npm run lab -- --store postgres --mode row');
    const [off] = planOf({ store: 'postgres', lockMode: 'off' }, SERVER);
    expect(off?.expect).toBe('broken');
    expect(JSON.stringify([plan, off, catalogueOf(SERVER)])).not.toContain('hunter2');
  });

  test.each([
    [{ rung: 9 }, 'rung is 9'],
    [{ rung: 8 }, 'rung 8: PostgreSQL cannot be run: there is no DATABASE_URL'],
    [{ store: 'postgres' as const }, 'cannot be run: there is no DATABASE_URL'],
    [{ store: 'postgres' as const, lockMode: 'file' as const }, 'it takes off, row, optimistic'],
    [{ lockMode: 'row' as const }, 'it takes off, mutex, file, kernel'],
    [{ rung: 1, store: 'json' as const }, 'a rung says what its store is'],
    [{ scenario: 'none' }, 'there is no scenario "none"'],
    [{ scenario: 'lease-stolen', buyers: 3 }, 'a scenario says everything'],
    [{ buyers: 5001 }, 'buyers is 5001: it takes a whole number from 1 to 5000'],
    [{ windowMs: 0.5 }, 'windowMs is 0.5'],
    [{ workers: 17 }, 'workers is 17'],
  ])('is refused: %j', (request, message) => {
    expect(() => planOf(request)).toThrow(message);
  });
});
