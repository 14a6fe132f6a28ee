import { hash, randomBytes } from 'node:crypto';
import { UserError } from '../../user-error.js';
import { createFile, replaceFile, syncFolder } from '../shared/files.js';
import { readOwnFile } from '../shared/private-file.js';
import type { Genesis } from './ledger-line.js';
import { fingerprintIn, ledgerIn, secretIn } from './paths.js';

/** A shorter key in a file was cut off: a generated one has 43 bytes. */
const KEY_BYTES_MIN = 32;

/** Recognizes a key without revealing it. */
export const fingerprintOf = (key: string): string =>
  hash('sha256', `key of order ids ${key}`, 'base64url').slice(0, 22);

/** Why a server cannot open the ledger: with another key, every order id would be unknown. */
class OrderKeyError extends UserError {
  constructor(problem: string) {
    super(
      `${problem}: restore the key from a backup, or accept that past order ids are unknown (npm run ledger -- new-key)`,
    );
  }
}

/** The key for a new ledger: the setting, or a generated one in the folder. */
export async function createOrderKey(folder: string, given?: string): Promise<string> {
  if (given !== undefined) return given;
  await createFile(secretIn(folder), newKey());
  return (await readOwnFile(secretIn(folder)))?.toString('utf8') ?? '';
}

/**
 * The key of a ledger's order ids: the setting, or the one in the folder.
 *
 * @throws OrderKeyError when it is missing, too short, or not the key whose fingerprint is recorded
 */
export async function readOrderKey(
  folder: string,
  genesis: Pick<Genesis, 'orderKey'>,
  given?: string,
): Promise<string> {
  const path = secretIn(folder);
  const key = given ?? (await readOwnFile(path))?.toString('utf8');
  if (key === undefined) throw new OrderKeyError(`${path}, the key of the order ids, is missing`);
  if (given === undefined && Buffer.byteLength(key) < KEY_BYTES_MIN) {
    throw new OrderKeyError(
      `${path} has ${Buffer.byteLength(key)} bytes, and the key of the order ids has at least ${KEY_BYTES_MIN}`,
    );
  }
  const recorded = await recordedFingerprint(folder, genesis);
  if (recorded !== undefined && recorded !== fingerprintOf(key)) {
    const source = given === undefined ? path : 'ORDER_SECRET';
    throw new OrderKeyError(`${source} is not the key of the order ids in ${ledgerIn(folder)}`);
  }
  return key;
}

/**
 * Records the fingerprint of the key of a ledger that has none, from before fingerprints; and checks
 * that of any other.
 *
 * @throws OrderKeyError like `readOrderKey`
 */
export async function recordOrderKey(
  folder: string,
  genesis: Pick<Genesis, 'orderKey'>,
  given?: string,
): Promise<void> {
  const recorded = await recordedFingerprint(folder, genesis);
  if (recorded === undefined) await createOrderKey(folder, given);
  const key = await readOrderKey(folder, genesis, given);
  if (recorded === undefined) await createFile(fingerprintIn(folder), `${fingerprintOf(key)}\n`);
}

/** Replaces a lost key. The ids of all orders so far are unknown from then on. */
export async function replaceOrderKey(folder: string, given?: string): Promise<void> {
  const key = given ?? newKey();
  // A crash in between leaves two that do not match: refused at the next start, and done again here.
  if (given === undefined) await replaceFile(secretIn(folder), key, true);
  await replaceFile(fingerprintIn(folder), `${fingerprintOf(key)}\n`, true);
  await syncFolder(folder);
}

/** `order.fingerprint` counts before the genesis, which cannot be changed. */
async function recordedFingerprint(
  folder: string,
  genesis: Pick<Genesis, 'orderKey'>,
): Promise<string | undefined> {
  const replaced = await readOwnFile(fingerprintIn(folder));
  return replaced?.toString('utf8').trim() ?? genesis.orderKey;
}

const newKey = (): string => randomBytes(32).toString('base64url');
