import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createTemporaryFolder, traceFolder } from '../sandbox-folder.js';

/** The queue: a message on each line. It only grows. */
export const queueIn = (folder: string): string => join(folder, 'queue.jsonl');

/** How many messages of the queue are done with. */
export const cursorIn = (folder: string): string => join(folder, 'cursor');

/** Creates a folder with a queue of so many messages. Returns its path. */
export function createQueueFolder(messages: number): string {
  const folder = createTemporaryFolder();
  const lines = Array.from({ length: messages }, (_, index) => `{"number":${index + 1}}\n`);
  writeFileSync(queueIn(folder), lines.join(''));
  writeFileSync(cursorIn(folder), '0\n');
  mkdirSync(traceFolder(folder));
  return folder;
}
