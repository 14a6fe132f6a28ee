import { expect, test } from 'vitest';
import { built, run } from '../support/processes.js';

test("another program's cluster cannot run it as a worker", async () => {
  const { code, stderr, stdout } = await run('test/programs/foreign-cluster', {
    args: [built('src/main')],
    env: { PORT: '0' },
  });
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toBe(
    'this process was started as a worker of another cluster (pm2 -i?): start one process, and set WORKERS\n',
  );
});
