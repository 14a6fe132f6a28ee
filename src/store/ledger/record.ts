import { crc32 } from 'node:zlib';

/** `,"sum":"01234567"}` */
const SUM_BYTES = 18;

/** Encodes an object as one line of JSON that ends in a CRC-32 of all bytes before it; no newline. */
export function encodeRecord(object: object): Buffer {
  const body = Buffer.from(JSON.stringify(object).slice(0, -1));
  return Buffer.concat([body, Buffer.from(`,"sum":"${checksum(body)}"}`)]);
}

/**
 * Decodes a record, or returns `undefined` for a line that is torn, damaged or no record. A correct
 * checksum also vouches for the shape: only `encodeRecord` writes one.
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

/** Corrects the checksum of a record whose bytes were changed in place. */
export function renewChecksum(record: Buffer): void {
  const end = record.length - SUM_BYTES;
  record.write(`,"sum":"${checksum(record.subarray(0, end))}"}`, end, 'latin1');
}

const checksum = (body: Buffer): string => crc32(body).toString(16).padStart(8, '0');
