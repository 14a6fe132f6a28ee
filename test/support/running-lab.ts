import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { testFolder } from './folder.js';
import { start, until } from './processes.js';

/** An empty TMPDIR for sandboxes, to check that nothing is left in it. */
export function emptyTemp(): { TMPDIR: string } {
  const TMPDIR = join(testFolder(), 'tmp');
  mkdirSync(TMPDIR);
  return { TMPDIR };
}

/** Starts a slow lab run and waits until both workers of its server sell. */
export async function beginLab(rung: number, settings: NodeJS.ProcessEnv = {}) {
  const env = { ...settings, ...emptyTemp() };
  const args = ['--rung', String(rung), '--window', '300', '--buyers', '30'];
  const running = start('src/cli/lab', { args, env });
  const traces = () => {
    const [name = 'none'] = readdirSync(env.TMPDIR);
    const folder = join(env.TMPDIR, name, 'trace');
    return existsSync(folder) ? readdirSync(folder) : [];
  };
  await until('both workers write a trace', () => traces().length === 2, 60_000);
  return { running, pids: traces().map((name) => Number.parseInt(name, 10)), env };
}
