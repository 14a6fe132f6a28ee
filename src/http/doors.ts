import { timingSafeEqual } from 'node:crypto';
import { Secret, TOTP } from 'otpauth';
import { KeyedDigest } from './keyed-digest.js';

/** How long a code is shown, in seconds. The one before it is accepted too: typing takes time. */
const CODE_S = 20;

/** With 8 digits, the few guesses that a client has find the code once in millions of tries. */
const CODE_DIGITS = 8;

/** How long a door token is valid: longer than an evening, and not until the next one. */
const TOKEN_MS = 24 * 60 * 60_000;

/** 128 bits. */
const MAC_LENGTH = 16;

/** A token for a door, and until when it is valid. */
export interface DoorToken {
  readonly token: string;
  readonly expiresAt: string;
}

/**
 * Pairs doors with the office, by a code that changes (RFC 6238). Code and tokens are computed from a
 * secret, so every process makes and accepts the same ones, and none is stored.
 */
export class Doors {
  readonly #tokens: KeyedDigest;
  readonly #totp: TOTP;

  constructor(secret: string) {
    this.#tokens = new KeyedDigest(secret, 'door token');
    const { key } = new KeyedDigest(secret, 'door code');
    const buffer = new Uint8Array(key).buffer;
    this.#totp = new TOTP({ secret: new Secret({ buffer }), period: CODE_S, digits: CODE_DIGITS });
  }

  /** The code at a moment (milliseconds since 1970), and when the next one takes its place. */
  codeAt(timestamp: number): { readonly code: string; readonly expiresAt: string } {
    const expires = (Math.floor(timestamp / 1000 / CODE_S) + 1) * CODE_S * 1000;
    return {
      code: this.#totp.generate({ timestamp }),
      expiresAt: new Date(expires).toISOString(),
    };
  }

  /** A token for a door with this name, if the code is that of now or the one before. */
  pair(name: string, code: string, timestamp: number): DoorToken | undefined {
    const token = code.replace(/[\s-]/g, '');
    const delta = this.#totp.validate({ token, timestamp, window: 1 });
    return delta === null || delta > 0 ? undefined : this.#newToken(name, timestamp + TOKEN_MS);
  }

  /** The name of the door that has this token, or `undefined` if it is not valid. */
  nameOf(token: string, timestamp: number): string | undefined {
    const [, claims = '', mac = ''] = /^door\.([\w-]+)\.([\w-]{22})$/.exec(token) ?? [];
    const given = Buffer.from(mac, 'base64url');
    if (given.length !== MAC_LENGTH || !timingSafeEqual(given, this.#macOf(claims)))
      return undefined;
    const [until, name] = JSON.parse(Buffer.from(claims, 'base64url').toString());
    return timestamp < until ? name : undefined;
  }

  #newToken(name: string, until: number): DoorToken {
    const claims = Buffer.from(JSON.stringify([until, name])).toString('base64url');
    const token = `door.${claims}.${this.#macOf(claims).toString('base64url')}`;
    return { token, expiresAt: new Date(until).toISOString() };
  }

  #macOf(claims: string): Buffer {
    return this.#tokens.of(claims).subarray(0, MAC_LENGTH);
  }
}

/** Whether a bearer token claims to be that of a door. */
export const isDoorToken = (token: string): boolean => token.startsWith('door.');
