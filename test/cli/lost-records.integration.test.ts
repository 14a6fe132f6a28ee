import { existsSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { stores } from '../../src/store/registry.js';
import { anEvent, openOptions, testFolder } from '../support/folder.js';
import { run } from '../support/processes.js';

/** A folder in which two tickets were sold. */
async function folderWithSales(store: 'json' | 'ledger'): Promise<string> {
  const folder = testFolder({ a: anEvent(10) });
  await stores[store].prepare(folder);
  const opened = await stores[store].open(openOptions(folder, true));
  for (let sale = 0; sale < 2; sale++) {
    const { durable } = await opened.sell([
      { kind: 'buy', eventId: 'a', customer: 'Ada', quantity: 1 },
    ]);
    await durable;
  }
  await opened.close();
  if (store === 'ledger') await stores.ledger.prepare(folder); // writes the checkpoint
  return folder;
}

/** Runs a command on a folder. STORE is not set: the files decide. */
async function on(folder: string, command: string, ...args: string[]) {
  const { code, stdout, stderr } = await run(`src/cli/${command}`, {
    env: { DATA_DIR: folder },
    args,
  });
  return { code, text: stdout + stderr };
}

const erase = ['orders', 'erase', '--customer', 'Ada'] as const;
const backup = (folder: string) => ['backup', join(folder, 'backup.tgz')] as const;

describe('a folder whose ledger is gone, but not its checkpoint', () => {
  test('is damaged, whatever is asked of it, until it is reset', async () => {
    const folder = await folderWithSales('ledger');
    rmSync(join(folder, 'ledger.jsonl'));
    for (const [command, ...args] of [
      ['verdict'],
      ['ledger', 'check'],
      erase,
      backup(folder),
    ] as const) {
      const { code, text } = await on(folder, command, ...args);
      expect([command, code, text]).toEqual([
        command,
        3,
        expect.stringMatching(/tickets\.json names a ledger, but \S+ledger\.jsonl is gone/),
      ]);
    }
    await expect(stores.ledger.prepare(folder)).rejects.toMatchObject({ exitCode: 3 });
    await expect(stores.json.prepare(folder)).rejects.toThrow('belongs to STORE=ledger');
    const asked = await on(folder, 'reset');
    expect([asked.code, asked.text]).toEqual([2, expect.stringContaining('is gone')]);
    expect((await on(folder, 'reset', '--yes')).code).toBe(0);
    await stores.json.prepare(folder);
  });

  test('negative control: an event that is called ledger is no ledger', async () => {
    const folder = testFolder();
    const tickets = { version: 0, events: { ledger: anEvent(3) } };
    writeFileSync(join(folder, 'tickets.json'), JSON.stringify(tickets));
    expect((await on(folder, 'verdict')).text).toContain('INCONCLUSIVE: nothing was sold');
    await stores.json.prepare(folder);
  });
});

describe('a ledger that lost its end', () => {
  test.each([
    ['marked as damaged', (folder: string) => writeFileSync(join(folder, 'DAMAGED'), 'cut\n')],
    ['named by its checkpoint', () => {}],
  ])('gets no backup that passes for whole: %s', async (_how, mark) => {
    const folder = await folderWithSales('ledger');
    const path = join(folder, 'ledger.jsonl');
    const lines = readFileSync(path, 'utf8').split('\n');
    truncateSync(path, lines.slice(0, 2).join('\n').length + 1);
    mark(folder);
    const { code } = await on(folder, ...backup(folder));
    expect([code, existsSync(join(folder, 'backup.tgz'))]).toEqual([3, false]);
  });
});

describe('a json folder', () => {
  test('without its receipts is broken, and is not reset without a question', async () => {
    const folder = await folderWithSales('json');
    rmSync(join(folder, 'receipts.jsonl'));
    const gone = 'tickets.json has version 2, but receipts.jsonl is gone';
    const judged = await on(folder, 'verdict');
    expect([judged.code, judged.text]).toEqual([1, expect.stringContaining(`BROKEN: ${gone}`)]);
    expect((await on(folder, ...backup(folder))).code).toBe(1); // done, but broken
    expect((await on(folder, ...erase)).code).toBe(3);
    const asked = await on(folder, 'reset');
    expect([asked.code, asked.text]).toEqual([2, expect.stringContaining(gone)]);
    expect((await on(folder, 'reset', '--yes')).code).toBe(0);
  });

  test('without its tickets is damaged', async () => {
    const folder = await folderWithSales('json');
    rmSync(join(folder, 'tickets.json'));
    for (const [command, ...args] of [['verdict'], backup(folder)] as const) {
      const { code, text } = await on(folder, command, ...args);
      expect([code, text]).toEqual([3, expect.stringContaining('records sales, but')]);
    }
    expect((await on(folder, 'reset')).code).toBe(2);
    await expect(stores.json.prepare(folder)).rejects.toMatchObject({ exitCode: 3 });
  });

  test('that a server found damaged has a broken backup', async () => {
    const folder = await folderWithSales('json');
    writeFileSync(join(folder, 'DAMAGED'), 'receipts.jsonl was cut\n');
    const { code, text } = await on(folder, ...backup(folder));
    expect([code, text]).toEqual([1, expect.stringContaining('BROKEN: receipts.jsonl was cut')]);
  });
});
