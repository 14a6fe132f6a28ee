import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import type { TicketState } from '../../../src/booking/inventory.js';
import { TicketFile } from '../../../src/store/json/ticket-file.js';
import { anEvent, newFolder } from '../../support/folder.js';

let path: string;
let file: TicketFile;
beforeEach(() => {
  path = join(newFolder({ gala: anEvent(10) }), 'tickets.json');
  file = new TicketFile(path, false);
});

const stateOf = (remaining: number): TicketState => ({
  version: 10 - remaining,
  events: { gala: { ...anEvent(10), remaining } },
});

test('what this process wrote is read without parsing it', async () => {
  const state = stateOf(9);
  await file.replace(state);
  expect(await file.read()).toBe(state);
  expect((await file.snapshot()).state).toBe(state);
});

test('what it would parse is what it wrote', async () => {
  await file.replace(stateOf(9));
  expect(await new TicketFile(path, false).read()).toEqual(await file.read());
});

test('what another process wrote is read, also if this one wrote last', async () => {
  await file.replace(stateOf(9));
  await new TicketFile(path, false).replace(stateOf(8));
  expect(await file.read()).toEqual(stateOf(8));
});

test('a change by hand is read and validated', async () => {
  await file.replace(stateOf(9));
  const text = readFileSync(path, 'utf8');
  writeFileSync(path, text.replace('"remaining": 9', '"remaining": 7'));
  expect((await file.read()).events.gala?.remaining).toBe(7);
  writeFileSync(path, text.replace('"remaining": 9', '"remaining": 11'));
  await expect(file.read()).rejects.toThrow('11 of 10 tickets left');
});

test('a file that was not replaced is parsed again', async () => {
  const failing = new TicketFile(path, false, {
    beforeReplace() {
      throw new Error('the lock was lost');
    },
  });
  const before = await failing.read();
  await expect(failing.replace(stateOf(9))).rejects.toThrow('the lock was lost');
  expect(await failing.read()).toBe(before);
});
