import { timingSafeEqual } from 'node:crypto';
import type { TicketState } from '../booking/inventory.js';
import { KeyedDigest } from './keyed-digest.js';

/** Crockford's base 32: no I, L, O and U, which are mistaken for others. */
const DIGITS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

const EVENT_LENGTH = 4;
/** Ticket numbers go to 1,000,000,000. */
const SERIAL_LENGTH_MAX = 6;
/** 70 bits: a guess is right once in 10²¹. */
const MAC_LENGTH = 14;

/** Event ids whose place in a code is remembered; then it is forgotten and computed again. */
const EVENTS_MAX = 50_000;

/** The event and the number of a ticket. */
export interface TicketName {
  readonly eventId: string;
  readonly serial: number;
}

/**
 * The codes of tickets: `EVENT-SERIAL-MAC-MAC`, in letters and digits that are easy to type. No client can
 * make one without the key, and every process with the key makes the same one, so none is stored.
 */
export class TicketCodes {
  readonly #macs: KeyedDigest;
  readonly #events: KeyedDigest;
  /** The ids that were seen, by the part of a code that stands for the event. */
  readonly #ids = new Map<string, Set<string>>();
  readonly #known = new Set<string>();
  /** The part of a code that stands for an event, by its id: two digests per code would be one too many. */
  readonly #parts = new Map<string, string>();

  constructor(secret: string) {
    this.#macs = new KeyedDigest(secret, 'ticket');
    this.#events = new KeyedDigest(secret, 'event of a ticket');
  }

  codeOf({ eventId, serial }: TicketName): string {
    const mac = this.#macOf({ eventId, serial });
    const half = MAC_LENGTH / 2;
    return [this.#eventPart(eventId), toDigits(serial), mac.slice(0, half), mac.slice(half)].join(
      '-',
    );
  }

  /**
   * The ticket that a code was made for, or `undefined`. Case, hyphens and spaces do not matter, and an O
   * counts as 0, an I or L as 1.
   */
  find(code: string, { events }: Pick<TicketState, 'events'>): TicketName | undefined {
    const digits = code
      .toUpperCase()
      .replace(/[\s-]/g, '')
      .replace(/O/g, '0')
      .replace(/[IL]/g, '1');
    const serialLength = digits.length - EVENT_LENGTH - MAC_LENGTH;
    if (serialLength < 1 || serialLength > SERIAL_LENGTH_MAX || !isBase32(digits)) return undefined;
    const eventPart = digits.slice(0, EVENT_LENGTH);
    const serial = toNumber(digits.slice(EVENT_LENGTH, -MAC_LENGTH));
    const mac = Buffer.from(digits.slice(-MAC_LENGTH));
    const isIts = (eventId: string) =>
      timingSafeEqual(Buffer.from(this.#macOf({ eventId, serial })), mac);
    // Several events may have the same part; the MAC tells them apart.
    const find = () => [...(this.#ids.get(eventPart) ?? [])].find(isIts);
    let eventId = find();
    if (eventId === undefined) {
      this.#learn(events);
      eventId = find();
    }
    return eventId === undefined ? undefined : { eventId, serial };
  }

  #macOf({ eventId, serial }: TicketName): string {
    return base32(this.#macs.of(`${serial} ${eventId}`), MAC_LENGTH);
  }

  #eventPart(eventId: string): string {
    let part = this.#parts.get(eventId);
    if (part === undefined) {
      part = base32(this.#events.of(eventId), EVENT_LENGTH);
      if (this.#parts.size >= EVENTS_MAX) this.#parts.clear();
      this.#parts.set(eventId, part);
    }
    return part;
  }

  #learn(events: TicketState['events']): void {
    if (this.#known.size > EVENTS_MAX) {
      this.#known.clear();
      this.#ids.clear();
    }
    for (const eventId of Object.keys(events)) {
      if (this.#known.has(eventId)) continue;
      this.#known.add(eventId);
      const part = this.#eventPart(eventId);
      this.#ids.set(part, (this.#ids.get(part) ?? new Set()).add(eventId));
    }
  }
}

const isBase32 = (text: string): boolean => [...text].every((digit) => DIGITS.includes(digit));

/** The first bits of some bytes, as digits of 5 bits each. */
function base32(bytes: Buffer, length: number): string {
  let digits = '';
  for (let bit = 0; digits.length < length; bit += 5) {
    const pair = bytes.readUInt16BE(bit >> 3); // its 16 bits contain the 5 of this digit
    digits += DIGITS[(pair >> (11 - (bit & 7))) & 31];
  }
  return digits;
}

function toDigits(number: number): string {
  const last = DIGITS[number % 32] ?? '';
  return number < 32 ? last : toDigits(Math.trunc(number / 32)) + last;
}

const toNumber = (digits: string): number =>
  [...digits].reduce((sum, digit) => sum * 32 + DIGITS.indexOf(digit), 0);
