import { expect } from 'vitest';
import { buyAtOnce } from '../../../src/client/buyers.js';
import { judgeRace } from '../../../src/client/race-result.js';
import { lockModeNames } from '../../../src/lock/registry.js';
import { eventsOf, raceIds } from '../../support/folder.js';
import { isRunning, kill } from '../../support/office.js';
import { run, until } from '../../support/processes.js';
import type { Row } from '../row.js';

const EVENTS = 5;

export const twoPrimaries: Row = {
  number: 17,
  fault:
    'primaries with different lock modes on one ledger; `reset` while one runs, or an orphan is left',
  expected: 'holds; refused',
  async run(round) {
    const folder = round.folder(eventsOf(raceIds(EVENTS), 100));
    const modes = round.random.some(lockModeNames, 2);
    const [one, two] = await Promise.all(
      modes.map((LOCK_MODE) =>
        round.office({ folder, env: { STORE: 'ledger', LOCK_MODE, WORKERS: '2' } }),
      ),
    );
    if (one === undefined || two === undefined) throw new Error('two modes, two offices');
    const reset = async () =>
      (await run('src/cli/reset', { args: ['--yes'], env: { DATA_DIR: folder } })).code;

    for (const id of raceIds(EVENTS)) {
      const results = await Promise.all([one, two].map(({ url }) => buyAtOnce(url, id, 100)));
      expect(judgeRace(100, await one.remaining(id), results.flat()).ruling).toBe('holds');
    }
    expect(await reset()).toBe(2);

    // One closes; the other's primary dies while a worker of it is stopped, and so outlives it.
    expect((await one.stop()).code).toBe(0);
    const [orphan, other] = await two.workers();
    kill(orphan?.pid ?? 0, 'SIGSTOP');
    two.signal('SIGKILL');
    await two.exited;
    await until('the other worker is gone', () => !isRunning(other?.pid ?? 0));
    expect(await reset()).toBe(2);
    kill(orphan?.pid ?? 0, 'SIGCONT');
    await until('the orphan ends itself', () => !isRunning(orphan?.pid ?? 0), 5_000);

    const verdict = await two.verdict();
    expect(verdict).toMatchObject({ verdict: 'holds', lostUpdates: 0, withdrawn: 0 });
    expect(await reset()).toBe(0);
    return `${modes.join(' and ')}: ${EVENTS * 100} sold, ${verdict.skipped} lines skipped; reset refused twice`;
  },
};
