import { describe, expect, test } from 'vitest';
import { levels } from '../../../src/lab/stepping/levels.js';
import { parseMoves } from '../../../src/lab/stepping/moves.js';

describe('steps', () => {
  test('are names or numbers, with spaces or commas between them', () => {
    const step = (name: string) => ({ action: 'step', name });
    expect(parseMoves(' a, B\n1 2,')).toEqual([step('A'), step('B'), step('A'), step('B')]);
    expect(parseMoves('')).toEqual([]);
  });

  test('may stop, continue and kill a process, and quit', () => {
    expect(parseMoves('stop a continue 1 kill b quit')).toEqual([
      { action: 'stop', name: 'A' },
      { action: 'continue', name: 'A' },
      { action: 'kill', name: 'B' },
      { action: 'quit' },
    ]);
  });

  test.each([
    ['c', '"c" is no step'],
    ['a stop', '"stop" is no step'],
    ['kill everything', '"kill everything" is no step'],
    ['constructor', '"constructor" is no step'],
  ])('rejects %j and says what it takes', (text, message) => {
    expect(() => parseMoves(text)).toThrow(`${message}: it takes a, b, stop a`);
  });
});

test('every level has a goal, a lesson, and steps that win it or a reason why there are none', () => {
  expect(new Set(levels.map(({ level, variant }) => `${level} ${variant}`)).size).toBe(
    levels.length,
  );
  for (const { goal, lesson, solution } of levels) {
    expect(goal).toMatch(/^[A-Z].*\.$/);
    expect(lesson).toMatch(/^[A-Z].*\.$/);
    if (solution === undefined) expect(lesson).toMatch(/^It cannot be won: /);
    else expect(parseMoves(solution).length).toBeGreaterThan(0);
  }
});
