import { expect } from 'vitest';
import { buyAtOnce } from '../../../src/client/buyers.js';
import { judgeRace } from '../../../src/client/race-result.js';
import { lockModeNames } from '../../../src/lock/registry.js';
import { eventsOf, raceIds } from '../../support/folder.js';
import { run, until } from '../../support/processes.js';
import { isRunning, kill } from '../../support/test-server.js';
import type { TortureFault } from '../fault.js';

const EVENTS = 5;

export const twoPrimaries: TortureFault = {
  number: 17,
  fault:
    'two primaries with different lock modes on one ledger; `reset` while a primary or an orphan runs',
  expected: 'holds; `reset` is rejected',
  async run(round) {
    const folder = round.folder(eventsOf(raceIds(EVENTS), 100));
    const modes = round.random.sample(lockModeNames, 2);
    const [one, two] = await Promise.all(
      modes.map((LOCK_MODE) =>
        round.server({ folder, env: { STORE: 'ledger', LOCK_MODE, WORKERS: '2' } }),
      ),
    );
    if (one === undefined || two === undefined) throw new Error('two modes start two servers');
    const reset = async () =>
      (await run('src/cli/reset', { args: ['--yes'], env: { DATA_DIR: folder } })).code;

    for (const id of raceIds(EVENTS)) {
      const answers = await Promise.all([one, two].map(({ url }) => buyAtOnce(url, id, 100)));
      expect(judgeRace(100, await one.remaining(id), answers.flat()).ruling).toBe('holds');
    }
    expect(await reset()).toBe(2);

    // One server shuts down. The other one's primary dies while one of its workers is stopped.
    expect((await one.stop()).code).toBe(0);
    const [orphan, other] = await two.workers();
    kill(orphan?.pid ?? 0, 'SIGSTOP');
    two.signal('SIGKILL');
    await two.exited;
    await until('the other worker has exited', () => !isRunning(other?.pid ?? 0));
    expect(await reset()).toBe(2);
    kill(orphan?.pid ?? 0, 'SIGCONT');
    await until('the orphan exits', () => !isRunning(orphan?.pid ?? 0));

    const verdict = await two.verdict();
    expect(verdict).toMatchObject({ verdict: 'holds', lostUpdates: 0, withdrawn: 0 });
    expect(await reset()).toBe(0);
    return `${modes.join(' and ')}: ${EVENTS * 100} sold, ${verdict.skipped} lines skipped; reset rejected twice`;
  },
};
