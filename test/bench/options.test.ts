import { describe, expect, it } from 'vitest';
import { ROUNDS_MIN } from '../../bench/musts.js';
import { command, minutesOf, readOptions } from '../../bench/options.js';
import { peerRows } from '../../bench/rows.js';

function optionsOf(...args: string[]) {
  command.parse(args, { from: 'user' });
  return readOptions();
}

async function seriesOf(...args: string[]): Promise<string[]> {
  const { dependencies } = optionsOf(...args);
  const none = { sold: async () => '', withEvents: () => '' };
  const groups = await Promise.all(dependencies.map(({ make }) => make(none)));
  return groups.flatMap(({ cases }) => cases.map(({ series }) => series));
}

describe('the options of the benchmark', () => {
  it('ask for all of it when there are none: judged, and in less than 20 minutes', () => {
    const { plan, dependencies, whole, needsPackages } = optionsOf();
    expect({ whole, needsPackages }).toEqual({ whole: true, needsPackages: true });
    expect(plan.rounds).toBeGreaterThanOrEqual(ROUNDS_MIN);
    expect(minutesOf(plan, dependencies)).toBeLessThan(18); // and what is installed once
  });

  it('still ask for all of it when only the runs are others', () => {
    const { plan, whole } = optionsOf('--seconds', '1', '--rounds', '2');
    expect(whole).toBe(true);
    expect(plan).toMatchObject({ measuredMs: 1000, rounds: 2 });
  });

  it('ask for the rungs when it has to be quick, and need nothing installed for them', async () => {
    const { plan, dependencies, whole, needsPackages } = optionsOf('--quick');
    expect({ whole, needsPackages }).toEqual({ whole: false, needsPackages: false });
    expect(minutesOf(plan, dependencies)).toBeLessThan(1.5);
    const peers = peerRows.map(({ name }) => name);
    const series = await seriesOf('--quick');
    expect(series).toContain('ledger kernel');
    expect(series.filter((name) => peers.includes(name))).toEqual([]);
  });

  it('ask for rows by name, under another load', async () => {
    const args = ['--rung', 'lowdb, one process', '--rung', 'ceiling', '--connections', '7'];
    expect(await seriesOf(...args)).toEqual(['ceiling', 'lowdb, one process']);
    expect(optionsOf(...args)).toMatchObject({
      needsPackages: true,
      plan: { connections: 7, workers: 2 },
    });
  });

  it('say what they take', () => {
    expect(() => optionsOf('--rung', 'ledger')).toThrow('it takes one of "ceiling"');
    expect(() => optionsOf('--workers', '0')).toThrow('--workers is "0"');
  });
});
