import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { JsonScanError, scanJson } from '../../../src/store/shared/scan-json.js';

function accepts(read: (text: string) => unknown, text: string): boolean {
  try {
    read(text);
    return true;
  } catch {
    return false;
  }
}

function errorOf(text: string): string {
  try {
    scanJson(text);
  } catch (error) {
    if (error instanceof JsonScanError) return `${error.line}: ${error.message}`;
    throw error;
  }
  return 'none';
}

describe('scanJson', () => {
  test('accepts what JSON.parse accepts, and nothing else', () => {
    // JSON with a character changed, removed or added, so that about half of the texts are no JSON.
    const alphabet = fc.constantFrom(...'{}[],:"\\\n\t 01-+.eEtrufalsn\u0000\u007f\u00a0é', '');
    const edit = fc.tuple(fc.nat(60), fc.nat(2), alphabet);
    // Ten of each, because making JSON takes longer than reading it.
    const edited = fc
      .tuple(fc.json({ maxDepth: 3 }), fc.array(edit, { minLength: 10, maxLength: 10 }))
      .map(([text, edits]) =>
        edits.map(([at, remove, add]) => text.slice(0, at) + add + text.slice(at + remove)),
      );
    fc.assert(
      fc.property(edited, (texts) => {
        const differently = (text: string) => accepts(scanJson, text) !== accepts(JSON.parse, text);
        expect(texts.filter(differently)).toEqual([]);
      }),
    );
  });

  test('knows the line of every value', () => {
    const text = '{\n "a": [\n  1,\n\n  {"b":\n   "c\\n"}],\r\n "d": {}}';
    const scan = scanJson(text);
    expect(scan.lineOf([])).toBe(1);
    expect(scan.lineOf(['a'])).toBe(2);
    expect(scan.lineOf(['a', 0])).toBe(3);
    expect(scan.lineOf(['a', 1])).toBe(5);
    expect(scan.lineOf(['a', 1, 'b'])).toBe(6);
    expect(scan.lineOf(['d'])).toBe(7);
    expect(scan.lineOf(['d', 'missing'])).toBe(7);
  });

  test('finds members that would be dropped, however their name is written', () => {
    const text = '{"a": 1,\n "b": {"a": 2},\n "\\u0061": 3,\n "__proto__": 4}';
    expect(scanJson(text).dropped).toEqual([
      { line: 3, reason: '"a" is there already, on line 1' },
      { line: 4, reason: 'nothing may be called __proto__' },
    ]);
    expect(scanJson('[{"a": 1}, {"a": 1}]').dropped).toEqual([]);
  });

  test.each([
    ['{"a": 1,\n}', '2: expected a name in double quotes, but found }'],
    ['{"a": 1\n "b": 2}', '2: expected , or }, but found "b"'],
    ["{'a': 1}", "1: expected a name or }, but found '"],
    ['{"a":\n\n tru}', '3: expected a value, but found tru'],
    ['{"a": 1', '1: expected , or }, but the text ends'],
    ['{"a": 01}', '1: expected , or }, but found 1'],
    ['[1,,2]', '1: expected a value, but found ,'],
    ['{}\n{}', '2: expected the end of the text, but found {'],
    ['', '1: expected a value, but the text ends'],
    ['['.repeat(100_000), '1: it is nested too deeply'],
  ])('says what is wrong with %j', (text, error) => {
    expect(errorOf(text)).toBe(error);
  });
});
