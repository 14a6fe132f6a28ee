import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { type OfficeOptions, TestServer } from '../support/office.js';

/**
 * One office for a whole file or `describe`: a start takes longer than its tests. It has one worker,
 * where two would make no difference.
 */
export function sharedOffice({ env, ...options }: OfficeOptions = {}): () => TestServer {
  let office: TestServer | undefined;
  beforeAll(async () => {
    office = await TestServer.start({ ...options, env: { WORKERS: '1', ...env } });
  });
  afterAll(() => office?.dispose());
  return () => {
    if (office === undefined) throw new Error('the office is not open yet');
    return office;
  };
}

/** Both files, byte for byte: whoever sold nothing has not touched them. */
export const filesOf = ({ folder }: TestServer): readonly string[] =>
  ['tickets.json', 'receipts.jsonl'].map((name) => readFileSync(join(folder, name), 'latin1'));
