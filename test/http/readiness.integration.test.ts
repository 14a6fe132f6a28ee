import { execFileSync } from 'node:child_process';
import { expect, onTestFinished, test } from 'vitest';
import { testFolder } from '../support/folder.js';
import { until } from '../support/processes.js';
import { TestServer } from '../support/test-server.js';
import { expectProblem } from './expect-problem.js';

const mount = (...args: string[]) => execFileSync('mount', args, { stdio: 'ignore' });
const unmount = (folder: string) => execFileSync('umount', ['-l', folder], { stdio: 'ignore' });

/** Covers a folder with itself, read-only, until the returned function is called. */
function makeReadOnly(folder: string): () => void {
  mount('--bind', folder, folder);
  let covered = true;
  const uncover = () => {
    if (covered) unmount(folder);
    covered = false;
  };
  onTestFinished(uncover);
  mount('-o', 'remount,bind,ro', folder);
  return uncover;
}

/** Whether this user may mount anything here. */
function mayMount(): boolean {
  try {
    makeReadOnly(testFolder())();
    return true;
  } catch {
    return false;
  }
}

test('/readyz is 503 while the folder cannot be written, and 200 afterwards', async ({ skip }) => {
  if (!mayMount()) return skip('only root may make a folder read-only');
  const folder = testFolder();
  const server = await TestServer.startForTest({ folder, env: { WORKERS: '1' } });
  expect(await (await server.fetch('/readyz')).json()).toEqual({ status: 'ready' });

  const makeWritable = makeReadOnly(folder);
  const readyz = await server.fetch('/readyz');
  const { detail } = await expectProblem(readyz, 503, 'storage-unavailable');
  expect(detail).toContain('EROFS');
  expect((await server.buy({ eventId: 'city-derby', customer: 'Ada' })).status).toBe(503);

  makeWritable();
  // The failed sale is still the last one.
  const degraded = await server.fetch('/readyz');
  expect([degraded.status, await degraded.json()]).toMatchObject([200, { status: 'degraded' }]);
  await until('it sells', async () => {
    const { status } = await server.buy({ eventId: 'city-derby', customer: 'Ada' });
    return status === 201;
  });
  expect(await (await server.fetch('/readyz')).json()).toEqual({ status: 'ready' });
});
