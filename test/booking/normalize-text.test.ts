import { describe, expect, test } from 'vitest';
import { normalizeText } from '../../src/booking/normalize-text.js';

describe('normalizeText', () => {
  test.each([
    ['istanbul', 'İstanbul'],
    ['ISTANBUL', 'ıstanbul'],
    ['STRASSENFEST', 'Straßenfest'],
    ['strassenfest', 'STRAẞENFEST'],
    ['dvorak', 'Dvořák'],
    ['München', 'Mu\u0308nchen'],
    ['munchen', 'MÜNCHEN'],
    ["o'neill", 'O’Neill'],
    ["o'neill", 'O´NEILL'],
    ['ΟΔΟΣ', 'οδός'],
    ['οδοσ', 'οδος'],
    ['lodz', 'Łódź'],
    ['roros', 'Røros'],
    ['aether', 'Æther'],
    ['jazz - live', 'Jazz – Live'],
    ['jazz - live', 'Jazz\u00a0\u2011\u00a0Live'],
    ['"carmen"', '„Carmen“'],
    ['finale', 'ﬁnale'],
    ['abc 123', 'ＡＢＣ　１２３'],
    ['елка', 'Ёлка'],
    ['שלום', 'שָׁלוֹם'],
    ['가', '\u1100\u1161'],
  ])('%s is %s', (one, other) => {
    expect(normalizeText(one)).toBe(normalizeText(other));
  });

  test.each([
    ['が', 'か'],
    ['की', 'का'],
    ['a', 'b'],
    ['é1', 'e2'],
  ])('%s is not %s', (one, other) => {
    expect(normalizeText(one)).not.toBe(normalizeText(other));
  });

  test('negative control: the lower case alone tells them apart', () => {
    expect('Straßenfest'.toLowerCase()).not.toBe('STRASSENFEST'.toLowerCase());
    expect('Dvořák'.toLowerCase()).not.toBe('dvorak');
  });

  test('every character has one form, in either case, composed or not, folded again or not', () => {
    const uninteresting = /[\p{Cn}\p{Co}\p{Cs}\p{Script=Han}\p{Script=Hangul}]/u;
    const different: string[] = [];
    for (let code = 0; code <= 0x10ffff; code++) {
      const character = String.fromCodePoint(code);
      if (uninteresting.test(character)) continue;
      const text = `x${character}x`;
      const form = normalizeText(text);
      const spellings = [text.toUpperCase(), text.toLowerCase(), text.normalize('NFD'), form];
      if (spellings.some((each) => normalizeText(each) !== form)) different.push(code.toString(16));
    }
    expect(different).toEqual([]);
  });
});
