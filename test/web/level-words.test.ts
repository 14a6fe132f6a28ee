import { describe, expect, test } from 'vitest';
import { inWords, isExplained, phaseOf } from '../../src/web/levels/outcome-panel.js';
import { describeStep } from '../../src/web/levels/process-card.js';
import { aProcess, aStatus, notHeld } from '../timeline/stepped-samples.js';

describe('the button of a process', () => {
  test('names its next step', () => {
    expect(describeStep(aProcess('A', { next: 'lock east' }))).toEqual({
      label: 'lock east',
      canStep: true,
    });
  });

  test.each([
    [undefined, 'starting …'],
    [notHeld('A', 'waiting', { waitingFor: 'the lock' }), 'waits for the lock'],
    [notHeld('A', 'running'), 'making its step …'],
    [aProcess('A', { state: 'stopped' }), 'stopped'],
    [notHeld('A', 'killed'), 'killed'],
    [notHeld('A', 'done'), 'has ended'],
  ])('says why there is none (%#)', (process, label) => {
    expect(describeStep(process)).toEqual({ label, canStep: false });
  });
});

describe('the phase of a level', () => {
  const played = { history: [], isStepping: false, gaveUp: false };
  const goal = { text: '', reached: true };

  test('follows its run', () => {
    expect(phaseOf(played)).toBe('starting');
    expect(phaseOf({ ...played, status: aStatus({ state: 'starting' }) })).toBe('starting');
    expect(phaseOf({ ...played, status: aStatus() })).toBe('playing');
    expect(phaseOf({ ...played, status: aStatus({ state: 'done' }) })).toBe('over');
    expect(phaseOf({ ...played, status: aStatus({ state: 'done', goal }) })).toBe('won');
    expect(phaseOf({ ...played, status: aStatus(), gone: 'because' })).toBe('gone');
  });

  test('is given up once the run has ended', () => {
    const gaveUp = { ...played, gaveUp: true };
    expect(phaseOf({ ...gaveUp, status: aStatus() })).toBe('playing');
    expect(phaseOf({ ...gaveUp, status: aStatus({ state: 'stopped' }) })).toBe('gaveUp');
  });

  test('a level is explained if it was given up and has no solution', () => {
    const ended = { ...played, gaveUp: true, status: aStatus({ state: 'stopped' }) };
    expect(isExplained(ended)).toBe(true);
    const solvable = aStatus({ state: 'stopped', solution: 'a b' });
    expect(isExplained({ ...ended, status: solvable })).toBe(false);
  });
});

test('a solution is shown as the keys and buttons that make it', () => {
  expect(inWords('a a stop a b kill a b')).toBe('A, A, stop A, B, kill A, B');
});
