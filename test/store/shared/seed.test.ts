import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { isOnSale } from '../../../src/booking/inventory.js';
import { json } from '../../../src/store/json/driver.js';
import { loadSeed } from '../../../src/store/shared/seed.js';
import {
  parseSeed,
  parseTickets,
  rejectDroppedMembers,
  TicketFileError,
} from '../../../src/store/shared/tickets-json.js';
import { anEvent, testFolder } from '../../support/folder.js';

const seedPath = new URL('../../../data/tickets.seed.json', import.meta.url).pathname;
const idsOf = async (folder: string) =>
  Object.keys((await loadSeed(folder, join(folder, 'tickets.json'))).events);
const write = (folder: string, name: string, events: object) =>
  writeFileSync(join(folder, name), JSON.stringify({ version: 0, events }));

describe('packaged seed', () => {
  const { events, version } = parseTickets(seedPath, readFileSync(seedPath));
  const capacities = Object.values(events).map(({ capacity }) => capacity);

  test('has at least ten events, among them one each of 3, 100 and 50 million tickets', () => {
    expect(version).toBe(0);
    expect(capacities.length).toBeGreaterThanOrEqual(10);
    for (const size of [3, 100, 50_000_000]) {
      expect(capacities.filter((capacity) => capacity === size)).toHaveLength(1);
    }
    expect(Object.values(events).every((event) => event.remaining === event.capacity)).toBe(true);
  });

  test('has one event whose sale opens later', () => {
    const later = Object.values(events).filter(({ salesFrom }) => salesFrom !== undefined);
    expect(later.map((event) => isOnSale(event, '2027-01-01T00:00:00Z'))).toEqual([false]);
    expect(later.map((event) => isOnSale(event, event.startsAt))).toEqual([true]);
  });
});

describe('loadSeed', () => {
  test('uses the packaged events for an empty folder', async () => {
    expect(await idsOf(testFolder())).toContain('harbour-jazz');
  });

  test('uses the ticket file while nothing is sold from it', async () => {
    const folder = testFolder({ mine: anEvent(4) });
    write(folder, 'tickets.seed.json', { seed: anEvent(1) });
    expect(await idsOf(folder)).toEqual(['mine']);
  });

  test('uses the seed of the folder once something is sold', async () => {
    const folder = testFolder({ mine: anEvent(4, { remaining: 3 }) });
    const { remaining: _remaining, ...event } = anEvent(9);
    write(folder, 'tickets.seed.json', { seed: event });
    expect(await loadSeed(folder, join(folder, 'tickets.json'))).toEqual({
      version: 0,
      events: { seed: anEvent(9) },
    });
  });

  test('never replaces the events of a folder without a seed by the packaged ones', async () => {
    const folder = testFolder({ mine: anEvent(4, { remaining: 3 }) });
    expect(await loadSeed(folder, join(folder, 'tickets.json'))).toEqual({
      version: 0,
      events: { mine: anEvent(4) },
    });
  });
});

/** A ticket file, one line per member, in which some texts are replaced. */
function textWith(...changes: readonly (readonly [string, string])[]): string {
  const state = { version: 0, events: { gala: anEvent(9), opera: anEvent(5) } };
  let text = JSON.stringify(state, null, 1);
  for (const [from, to] of changes) {
    expect(text).toContain(from);
    text = text.replace(from, to);
  }
  return text;
}

const toBuffer = (content: string | Buffer): Buffer =>
  typeof content === 'string' ? Buffer.from(content) : content;

function errorOf(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    if (error instanceof TicketFileError) return error.message;
    throw error;
  }
  return 'none';
}

/** A mistake, a file that contains it, and the error. */
type Mistake = readonly [name: string, content: string | Buffer, error: RegExp];

/** What is wrong in both kinds of files. */
const mistakes: readonly Mistake[] = [
  ['no JSON', textWith(['"opera": {', '"opera": [']), /line 18: expected , or \], but found :/],
  ['an open end', '{"version": 0,\n', /line 2: expected a name, but the text ends/],
  ['a byte order mark', `\ufeff${textWith()}`, /it begins with a byte order mark/],
  [
    'bytes that are not UTF-8',
    Buffer.from(textWith(['Test Night', 'Caf\u00e9']), 'latin1'),
    /line 5: it is not UTF-8/,
  ],
  ['an unknown member at the top', textWith(['"version"', '"versoin"']), /line 2, versoin: Unrec/],
  ['an unknown member of an event', textWith(['"venue"', '"place"']), /line 6, events.gala.place:/],
  [
    'a wrong currency',
    textWith(['EUR', 'euro']),
    /line 10, events.gala.price.currency: a currency is a code of ISO 4217/,
  ],
  [
    'a start without an offset',
    textWith(['+00:00', '']),
    /line 7, events.gala.startsAt: a start is a time with its offset/,
  ],
  ['an id with a space', textWith(['"gala"', '"the gala"']), /line 4, events.the gala: an id has/],
];

/** What `JSON.parse` or the schema would drop. */
const dropped: readonly Mistake[] = [
  ['an id twice', textWith(['"opera"', '"gala"']), /line 17: "gala" is there already, on line 4/],
  [
    'an id twice, written in two ways',
    textWith(['"opera"', '"g\\u0061la"']),
    /line 17: "gala" is there already, on line 4/,
  ],
  [
    'a member twice',
    textWith(['"name"', '"venue": "A Hall",\n"name"']),
    /line 7: "venue" is there already, on line 5/,
  ],
  ['an event called __proto__', textWith(['"opera"', '"__proto__"']), /line 17: nothing may be/],
];

describe('a seed with a mistake is rejected with its line and the reason', () => {
  test.each<Mistake>([
    ...mistakes,
    ...dropped,
    [
      'fewer tickets left than there are',
      textWith(['"remaining": 9', '"remaining": 2']),
      /line 13, events.gala.remaining: it has 2 of 9 tickets left, but a seed puts all on sale/,
    ],
    [
      'a version',
      textWith(['"version": 0', '"version": 3']),
      /line 2, version: a seed has version 0/,
    ],
  ])('%s', (_mistake, content, expected) => {
    const message = errorOf(() => parseSeed('the.seed.json', toBuffer(content)));
    expect(message).toMatch(expected);
    expect(message).toMatch(/^the\.seed\.json is not a ticket file: [^\n]+$/);
  });

  test('many mistakes are counted', () => {
    const events = Object.fromEntries(Array.from({ length: 9 }, (_, index) => [`e${index}`, {}]));
    const message = errorOf(() => parseSeed('x', Buffer.from(JSON.stringify({ events }))));
    expect(message.split('; ')).toHaveLength(6);
    expect(message).toMatch(/; \d+ more$/);
  });

  test('negative control: JSON.parse drops an event that is there twice', () => {
    const { events: parsed } = JSON.parse(textWith(['"opera"', '"gala"']));
    expect(Object.keys(parsed)).toEqual(['gala']);
  });
});

describe('a ticket file with a mistake is rejected with its line and the reason', () => {
  test.each<Mistake>([
    ...mistakes,
    [
      'more tickets left than there are',
      textWith(['"remaining": 9', '"remaining": 10']),
      /line 13, events.gala.remaining: it has 10 of 9 tickets left/,
    ],
  ])('%s', (_mistake, content, expected) => {
    expect(errorOf(() => parseTickets('tickets.json', toBuffer(content)))).toMatch(expected);
  });

  test.each(dropped)('at the start: %s', async (_mistake, content, expected) => {
    expect(errorOf(() => rejectDroppedMembers('x', toBuffer(content)))).toMatch(expected);
    const folder = testFolder();
    writeFileSync(join(folder, 'tickets.json'), content);
    await expect(json.prepare(folder)).rejects.toThrow(expected);
    await expect(loadSeed(folder, join(folder, 'tickets.json'))).rejects.toThrow(expected);
  });
});
