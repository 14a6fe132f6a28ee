import { describe, expect, it } from 'vitest';
import { command, minutesOf, readOptions } from '../../bench/options.js';
import { peers } from '../../bench/peers/registry.js';
import { ROUNDS_MIN } from '../../bench/targets.js';

function optionsOf(...args: string[]) {
  command.parse(args, { from: 'user' });
  return readOptions();
}

const namesOf = (...args: string[]): string[] =>
  optionsOf(...args).groups.flatMap(({ rows }) => rows.map(({ name }) => name));

describe('the options of the benchmark', () => {
  it('select the full benchmark by default: judged, and in about half an hour', () => {
    const { plan, groups, full, needsPackages } = optionsOf();
    expect({ full, needsPackages }).toEqual({ full: true, needsPackages: true });
    expect(plan.rounds).toBeGreaterThanOrEqual(ROUNDS_MIN);
    expect(minutesOf(plan, groups)).toBeLessThan(35); // the packages are installed once, too
  });

  it('select the full benchmark with shorter or fewer runs', () => {
    const { plan, full } = optionsOf('--seconds', '1', '--rounds', '2');
    expect(full).toBe(true);
    expect(plan).toMatchObject({ measuredMs: 1000, rounds: 2 });
  });

  it('select the rungs with --quick, which need no package', () => {
    const { plan, groups, full, needsPackages } = optionsOf('--quick');
    expect({ full, needsPackages }).toEqual({ full: false, needsPackages: false });
    expect(minutesOf(plan, groups)).toBeLessThan(1.5);
    const names = namesOf('--quick');
    expect(names).toContain('ledger kernel');
    expect(names.filter((name) => peers.some((peer) => peer.name === name))).toEqual([]);
  });

  it('select rows by name, under another load', () => {
    const args = ['--rung', 'lowdb, one process', '--rung', 'ceiling', '--connections', '7'];
    expect(namesOf(...args)).toEqual(['ceiling', 'lowdb, one process']);
    const { needsPackages, plan, groups } = optionsOf(...args);
    expect({ needsPackages, plan }).toMatchObject({
      needsPackages: true,
      plan: { connections: 7, workers: 2 },
    });
    expect(groups[0]?.rows.map(({ connections }) => connections)).toEqual([7, 7]);
  });

  it('select rows of other verbs by name, too', () => {
    const { groups, needsPackages } = optionsOf('--quick', '--rung', 'ledger kernel: admit');
    expect(needsPackages).toBe(false);
    expect(groups[0]?.rows).toMatchObject([
      { name: 'ledger kernel: admit', request: { title: 'admit' }, server: { mustHold: true } },
    ]);
  });

  it('reject unknown values with the values that they accept', () => {
    expect(() => optionsOf('--rung', 'ledger')).toThrow('it takes one of "bare Fastify"');
    expect(() => optionsOf('--workers', '0')).toThrow('--workers is "0"');
  });
});
