import { crc32 } from 'node:zlib';

/** `,"sum":"01234567"}` */
const SUM_BYTES = 18;

/** An object as one line of JSON that ends in a checksum of all bytes before it; no newline. */
export function encodeRecord(object: object): Buffer {
  const body = Buffer.from(JSON.stringify(object).slice(0, -1));
  return Buffer.concat([body, Buffer.from(`,"sum":"${checksum(body)}"}`)]);
}

/**
 * Reads a line that was sealed, or answers `undefined` for one that was torn, damaged or never ours.
 * A checksum that is right vouches for the shape too: only `seal` writes one.
 */
export function decodeRecord(bytes: Buffer): unknown {
  const end = bytes.length - SUM_BYTES;
  if (end < 2 || bytes[0] !== 0x7b) return undefined;
  const body = bytes.subarray(0, end);
  if (bytes.toString('latin1', end) !== `,"sum":"${checksum(body)}"}`) return undefined;
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return undefined;
  }
}

const checksum = (body: Buffer): string => crc32(body).toString(16).padStart(8, '0');
