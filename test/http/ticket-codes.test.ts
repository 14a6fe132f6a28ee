import { describe, expect, test } from 'vitest';
import { TicketCodes } from '../../src/http/ticket-codes.js';
import { anEvent, eventsOf } from '../support/folder.js';

const codes = new TicketCodes('a secret of an office');
const events = eventsOf(['gala', 'GALA', 'a.b-c_d', 'x'.repeat(128)], 10);
const state = { events };

describe('the code of a ticket', () => {
  test.each([
    ['gala', 1],
    ['GALA', 1],
    ['a.b-c_d', 31],
    ['gala', 32],
    ['x'.repeat(128), 1_000_000_000],
  ])('of %s %i names that ticket, however it is typed', (eventId, serial) => {
    const code = codes.codeOf({ eventId, serial });
    expect(code).toMatch(
      /^[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{1,6}(-[0-9A-HJKMNP-TV-Z]{7}){2}$/,
    );
    const typed = [
      code,
      code.toLowerCase(),
      code.replaceAll('-', ''),
      ` ${code.replaceAll('-', ' ')} `,
      code.replaceAll('0', 'o').replaceAll('1', 'l'),
      code.replaceAll('1', 'I'),
    ];
    for (const text of typed) expect(codes.find(text, state)).toEqual({ eventId, serial });
  });

  test('is made alike by every process with the secret, and not by one with another', () => {
    const ticket = { eventId: 'gala', serial: 7 };
    const code = codes.codeOf(ticket);
    expect(new TicketCodes('a secret of an office').codeOf(ticket)).toBe(code);
    const other = new TicketCodes('a secret of an offics');
    expect(other.codeOf(ticket).slice(-15)).not.toBe(code.slice(-15));
    expect(other.find(code, state)).toBeUndefined();
  });

  test('with any other character names no ticket', () => {
    const code = codes.codeOf({ eventId: 'gala', serial: 7 }).replaceAll('-', '');
    for (let at = 0; at < code.length; at++) {
      for (const digit of '0123456789ABCDEFGHJKMNPQRSTVWXYZ') {
        if (digit === code[at]) continue;
        const wrong = code.slice(0, at) + digit + code.slice(at + 1);
        expect(codes.find(wrong, state)).toBeUndefined();
      }
    }
  });

  test.each(['', '-', 'U'.repeat(20), 'ß'.repeat(20), '\0', 'A'.repeat(18), 'A'.repeat(26), '🎟️'])(
    '%j is none',
    (text) => {
      expect(codes.find(text, state)).toBeUndefined();
    },
  );

  test('is found for an event that was added later', () => {
    const fresh = new TicketCodes('a secret of an office');
    const code = fresh.codeOf({ eventId: 'new', serial: 1 });
    expect(fresh.find(code, state)).toBeUndefined();
    const grown = { events: { ...events, new: anEvent(1) } };
    expect(fresh.find(code, grown)).toEqual({ eventId: 'new', serial: 1 });
  });
});
