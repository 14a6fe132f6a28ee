import { createHash } from 'node:crypto';

/** 128 bits of SHA-256. */
export const shortHash = (text: string): string =>
  createHash('sha256').update(text).digest('base64url').slice(0, 22);

/** Keys are only compared, and a hash contains no character that PostgreSQL's text cannot hold. */
export const hashOfKey = (key: string): string => shortHash(key);
