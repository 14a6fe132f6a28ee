/** The tar format (POSIX ustar): a header of one block before each file, which is filled up to a block. */
export const BLOCK_BYTES = 512;

/** An archive ends with two empty blocks. */
export const TAR_END = Buffer.alloc(2 * BLOCK_BYTES);

/** The name and the size of a file. */
export interface TarEntry {
  readonly name: string;
  readonly bytes: number;
}

/** The largest size that eleven octal digits can say; a larger one is written in binary. */
const OCTAL_MAX = 8 ** 11 - 1;

/**
 * The block before a file that only its owner may read.
 *
 * @param name at most 100 ASCII characters
 * @param at when the file was made
 */
export function tarHeader({ name, bytes }: TarEntry, at: Date): Buffer {
  const header = Buffer.alloc(BLOCK_BYTES);
  const octal = (value: number, digits: number) => value.toString(8).padStart(digits, '0');
  header.write(name, 0, 100, 'latin1');
  header.write(`${octal(0o600, 7)}\0${octal(0, 7)}\0${octal(0, 7)}\0`, 100, 'latin1');
  if (bytes <= OCTAL_MAX) {
    header.write(octal(bytes, 11), 124, 'latin1');
  } else {
    header[124] = 0x80;
    header.writeBigUInt64BE(BigInt(bytes), 128);
  }
  header.write(octal(Math.floor(at.getTime() / 1000), 11), 136, 'latin1');
  header.write('0', 156, 'latin1'); // the type: a file
  header.write('ustar\x0000', 257, 'latin1');
  header.write(`${octal(checksum(header), 6)}\0 `, 148, 'latin1');
  return header;
}

/** The file that a header names, or `undefined` for a block that is no header of a file. */
export function parseTarHeader(header: Buffer): TarEntry | undefined {
  const text = (from: number, to: number) =>
    header.toString('latin1', from, to).replace(/\0.*/s, '');
  if (Number.parseInt(text(148, 156), 8) !== checksum(header) || text(156, 157) !== '0') {
    return undefined;
  }
  const bytes =
    header[124] === 0x80
      ? Number(header.readBigUInt64BE(128))
      : Number.parseInt(text(124, 136).trim(), 8);
  return { name: text(0, 100), bytes };
}

/** The empty bytes after a file. */
export const tarPadding = (bytes: number): number =>
  (BLOCK_BYTES - (bytes % BLOCK_BYTES)) % BLOCK_BYTES;

/** The sum of all bytes, with those of the checksum itself taken as spaces. */
function checksum(header: Buffer): number {
  let sum = 8 * 0x20;
  for (const [index, byte] of header.entries()) if (index < 148 || index >= 156) sum += byte;
  return sum;
}
