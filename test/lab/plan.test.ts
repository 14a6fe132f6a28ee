import { describe, expect, test } from 'vitest';
import { catalogueOf, planLadder, planOf } from '../../src/lab/plan.js';
import type { LabRequest } from '../../src/timeline/lab-request.js';

const SERVER = 'postgres://ada:hunter2@localhost/tickets';

describe('planOf', () => {
  test('returns the command that repeats the run', () => {
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

  test('expects rungs 1 and 2 of the ladder to be broken, and no other', () => {
    const rulings = ['broken', 'broken', 'holds', 'holds', 'holds', 'holds', 'holds', 'holds'];
    expect(planLadder({}, SERVER).map(({ expect: ruling }) => ruling)).toEqual(rulings);
    // The last one needs a database server.
    expect(planLadder().map(({ expect: ruling }) => ruling)).toEqual(rulings.slice(0, -1));
  });

  test('uses the lock modes of PostgreSQL, and contains no address', () => {
    const [plan] = planOf({ store: 'postgres' }, SERVER);
    expect(plan).toMatchObject({ setting: { lockMode: 'row' }, expect: 'holds' });
    expect(plan?.command).toBe('npm run lab -- --store postgres --mode row');
    const [off] = planOf({ store: 'postgres', lockMode: 'off' }, SERVER);
    expect(off?.expect).toBe('broken');
    expect(JSON.stringify([plan, off, catalogueOf(SERVER)])).not.toContain('hunter2');
  });

  test.each([
    [{ rung: 9 }, 'rung is 9'],
    [{ rung: 8 }, 'rung 8: PostgreSQL cannot be run: DATABASE_URL is not set'],
    [{ store: 'postgres' as const }, 'cannot be run: DATABASE_URL is not set'],
    [{ store: 'postgres' as const, lockMode: 'file' as const }, 'it takes off, row, optimistic'],
    [{ lockMode: 'row' as const }, 'it takes off, mutex, file, kernel'],
    [{ rung: 1, store: 'json' as const }, 'a rung determines its store'],
    [{ scenario: 'none' }, 'there is no scenario "none"'],
    [{ scenario: 'lease-stolen', buyers: 3 }, 'a scenario determines every setting'],
    [{ buyers: 5001 }, 'buyers is 5001: it takes a whole number from 1 to 5000'],
    [{ windowMs: 0.5 }, 'windowMs is 0.5'],
    [{ workers: 17 }, 'workers is 17'],
  ])('rejects %j', (request, message) => {
    expect(() => planOf(request)).toThrow(message);
  });
});

test('a ladder has every rung that can be run here', () => {
  const rungs = (request: LabRequest, databaseUrl?: string) =>
    planOf(request, databaseUrl).map(({ rung }) => rung);
  expect(rungs({ ladder: true })).toEqual([1, 2, 3, 4, 5, 6, 7]);
  expect(rungs({ ladder: true }, 'postgres://127.0.0.1/none')).toContain(8);
  expect(planOf({ ladder: true, buyers: 30 }).map(({ setting }) => setting.buyers)).toEqual(
    Array(7).fill(30),
  );
  expect(() => planOf({ ladder: true, rung: 1 })).toThrow('give no rung and no scenario');
});
