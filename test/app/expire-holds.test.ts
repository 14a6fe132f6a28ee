import { describe, expect, test } from 'vitest';
import { expireHolds } from '../../src/app/expire-holds.js';
import type { Command } from '../../src/booking/commands.js';
import type { TicketState } from '../../src/booking/inventory.js';

const hold = (until: string) => ({
  ...{ eventId: 'gala', customer: 'Ada', quantity: 1, until },
  total: { amount: 1000, currency: 'EUR' },
});

/** What is submitted when a state is looked at. */
async function submitted(state: Partial<TicketState>, now: string): Promise<string[]> {
  const kinds: string[] = [];
  const search = async () => ({ state: { version: 1, events: {}, ...state }, tag: 'tag' });
  const submit = async ({ kind }: Command) => {
    kinds.push(kind);
    return { kind: 'expired', holdIds: [], version: 1 } as never;
  };
  await expireHolds({ search }, { submit }, now);
  return kinds;
}

const holds = { a: hold('2027-01-01T10:05:00.000Z'), b: hold('2027-01-01T10:00:00.000Z') };

describe('expired holds are released', () => {
  test('from their time on', async () => {
    expect(await submitted({ holds }, '2027-01-01T10:00:00.000Z')).toEqual(['expireHolds']);
    expect(await submitted({ holds }, '2027-01-01T09:59:59.999Z')).toEqual([]);
  });

  test('also if this clock is behind that of the newest commit', async () => {
    const at = '2027-01-01T10:00:00.000Z';
    expect(await submitted({ holds, at }, '2027-01-01T09:00:00.000Z')).toEqual(['expireHolds']);
  });

  test('not if there are none: an idle server commits nothing', async () => {
    expect(await submitted({}, '2027-01-01T10:00:00.000Z')).toEqual([]);
  });
});
