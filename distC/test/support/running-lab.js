import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { testFolder } from './folder.js';
import { start, until } from './processes.js';
/** Where sandboxes come to be, and where nothing may be left. */
export function emptyTemp() {
    const TMPDIR = join(testFolder(), 'tmp');
    mkdirSync(TMPDIR);
    return { TMPDIR };
}
/** Starts an experiment that takes its time, and waits until both workers of its office sell. */
export async function beginLab(rung, settings = {}) {
    const env = { ...settings, ...emptyTemp() };
    const args = ['--rung', String(rung), '--window', '300', '--buyers', '30'];
    const running = start('src/cli/lab', { args, env });
    const traces = () => {
        const [name = 'none'] = readdirSync(env.TMPDIR);
        const folder = join(env.TMPDIR, name, 'trace');
        return existsSync(folder) ? readdirSync(folder) : [];
    };
    await until('both workers note what they do', () => traces().length === 2, 60_000);
    return { running, pids: traces().map((name) => Number.parseInt(name, 10)), env };
}
//# sourceMappingURL=running-lab.js.map