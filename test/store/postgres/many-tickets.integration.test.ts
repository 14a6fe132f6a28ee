import { beforeAll, describe, expect, test } from 'vitest';
import {
  selectHoldsAfter,
  selectTaken,
  selectTakenAfter,
} from '../../../src/store/postgres/sql/tickets.js';
import { TestDatabase } from '../../support/database.js';
import { anEvent } from '../../support/folder.js';

const ROWS = 20_000;

/** A node of a query's plan, as `explain` says with JSON. */
interface Node {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly Plans?: readonly Node[];
}

/** The tables of which every row is read. */
const scanned = (node: Node): string[] => [
  ...(node['Node Type'] === 'Seq Scan' ? [node['Relation Name'] ?? ''] : []),
  ...(node.Plans ?? []).flatMap(scanned),
];

/** How the first version of `selectTaken` joined: a condition on a range makes no use of an index. */
const plainJoin = `
select a.serial
from json_to_recordset($1) as wanted (event integer, first integer, last integer)
  join turnstile.admissions a
    on a.event = wanted.event and a.serial between wanted.first and wanted.last
`;

describe('with many admissions, cancellations and holds of one event', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await TestDatabase.create({ a: anEvent(1_000_000) });
    await database.prepare();
    const [event] = await database.query<{ number: number }>('select number from turnstile.events');
    const number = event?.number;
    const all = `from generate_series(1, ${ROWS}) as n`;
    for (const insert of [
      `admissions (event, serial, door, version, at, exclusive)
        select ${number}, n, '"north"', n, now(), true ${all}`,
      `holds (id, event, quantity, amount, currency, customer, until, remaining, version)
        select 'h' || n, ${number}, 1, 100, 'EUR', '"Ada"', now(), 0, n ${all}`,
    ]) {
      await database.query(`insert into turnstile.${insert}`);
    }
    return () => database.dispose();
  });

  /** The tables that a statement reads whole, with what the planner knows now. */
  async function scannedBy(statement: string, wanted: readonly object[]): Promise<string[]> {
    const [row] = await database.query<{ 'QUERY PLAN': [{ Plan: Node }] }>(
      `explain (format json) ${statement}`,
      [JSON.stringify(wanted)],
    );
    return scanned((row as NonNullable<typeof row>)['QUERY PLAN'][0].Plan);
  }

  const tickets = Array.from({ length: 20 }, (_, index) => ({
    event: 1,
    first: 100 * index,
    last: 100 * index,
  }));
  const after = [{ event: 1, after: ROWS - 10 }];

  test.each([
    ['a few tickets', selectTaken, tickets],
    ['what became of tickets since a commit', selectTakenAfter, after],
    ['the holds since a commit', selectHoldsAfter, after],
  ])('a look-up of %s reads no table whole', async (_what, statement, wanted) => {
    expect(await scannedBy(statement, wanted)).toEqual([]);
    await database.query('analyze turnstile.admissions, turnstile.holds');
    expect(await scannedBy(statement, wanted)).toEqual([]);
  });

  test('negative control: a plain join reads all admissions', async () => {
    expect(await scannedBy(plainJoin, tickets)).toEqual(['admissions']);
  });
});
