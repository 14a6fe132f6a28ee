import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { allGroups } from '../../bench/groups.js';
import { peers } from '../../bench/peers/registry.js';
import { peerSetups, referenceSetups, rungSetups } from '../../bench/setups.js';
import { judgeTargets } from '../../bench/targets.js';
import { allLockModeNames, lockModesOf, storeNames } from '../../src/store/registry.js';

describe('the rungs', () => {
  const names = rungSetups(2).map(({ name }) => name);

  it('are every store in every lock mode, and a lock per buy', () => {
    const every = storeNames.flatMap((store) =>
      Object.keys(lockModesOf(store)).map((mode) => `${store} ${mode}`),
    );
    expect(allLockModeNames.length).toBeGreaterThan(3);
    expect(names.toSorted()).toEqual([...every, 'json file BATCH_MAX=1'].sort());
  });

  it('must hold where the lock or the store excludes the race, and only there', () => {
    const mustHold = (workers: number) =>
      rungSetups(workers).flatMap((setup) => (setup.mustHold ? [setup.name] : []));
    expect(mustHold(2)).not.toContain('json mutex');
    expect(mustHold(1)).toContain('json mutex');
    expect(mustHold(1)).not.toContain('json off');
    expect(mustHold(2)).toEqual(
      expect.arrayContaining(['json file', 'ledger off', 'postgres row']),
    );
    expect(mustHold(2)).not.toContain('postgres off');
  });
});

it('the references are bare Fastify and the ceiling', () => {
  expect(referenceSetups(2).map(({ name }) => name)).toEqual(['bare Fastify', 'ceiling']);
});

describe('the peers', () => {
  it('describe their setup, and whether they are durable', () => {
    for (const { about, durable } of peerSetups(2)) {
      expect(about).toBeTruthy();
      expect(typeof durable).toBe('boolean');
    }
  });

  it('must hold where they store orders', () => {
    const unjudged = peerSetups(2).filter(({ mustHold }) => !mustHold);
    expect(unjudged.map(({ name }) => name)).toEqual(['postgres, a statement per buy']);
  });

  it('need only packages that bench/package.json lists', () => {
    const read = readFileSync(new URL('../../bench/package.json', import.meta.url), 'utf8');
    const { dependencies, optionalDependencies } = JSON.parse(read);
    const listed = Object.keys({ ...dependencies, ...optionalDependencies });
    const needed = peers.flatMap((peer) => peer.package?.split('/')[0] ?? []);
    expect(needed.length).toBeGreaterThan(0);
    expect(listed).toEqual(expect.arrayContaining(needed));
  });
});

it('the full benchmark measures both rows of every target', () => {
  const run = {
    answered: 1,
    perSecond: 1,
    latencyMs: { 50: 1, 99: 1, 99.9: 1 },
    answerBytes: 1,
    unexpected: 0,
    failed: 0,
    starved: 0,
  };
  const groups = allGroups().map(({ rows, ...group }) => ({
    ...group,
    syncMs: [1],
    notRun: [],
    rows: rows.map(({ name, at }) => ({
      name,
      at,
      server: name,
      request: '',
      mustHold: false,
      runs: [run],
    })),
  }));
  const targets = judgeTargets(groups);
  expect(targets.length).toBeGreaterThan(10);
  for (const { what, measured } of targets) expect(measured, what).toBeDefined();
});
