import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { sellLines } from '../../src/web/lab/sell-code.js';

test('the code beside a timeline is that of the json store', () => {
  const file = resolve(import.meta.dirname, '../../src/store/json/store.ts');
  const source = readFileSync(file, 'utf8').replaceAll('this.#', '');
  const [, body = ''] = /async sell\(.*?\{\n(.*?)\n {2}\}/s.exec(source) ?? [];
  const lines = body.split('\n').map((line) => line.replace(/ \/\/.*/, '').trim());
  expect(sellLines.map(({ code }) => code)).toEqual(lines);
});
