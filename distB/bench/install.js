import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { benchFolder } from './folder.js';
const INSTALL_MS_MAX = 600_000;
const stampFile = join(benchFolder, 'node_modules', '.installed');
/** What must be the same for what lies there to run: the versions, and what was compiled for. */
function stamp() {
    const lock = readFileSync(join(benchFolder, 'package-lock.json'));
    const { platform, arch, versions } = process;
    return createHash('sha256')
        .update(lock)
        .update([platform, arch, versions.modules].join())
        .digest('hex');
}
/**
 * Installs what only the benchmark needs, unless it is there.
 *
 * @returns why it could not be installed; nothing when it is there
 */
export function ensureInstalled() {
    if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp())
        return undefined;
    process.stderr.write('Once: npm ci --prefix bench (the peers and the plots; a minute or two, where SQLite is compiled)\n');
    const { status, stderr, error } = spawnSync('npm', ['ci', '--prefix', benchFolder], {
        stdio: ['ignore', 'ignore', 'pipe'],
        encoding: 'utf8',
        timeout: INSTALL_MS_MAX,
        shell: process.platform === 'win32', // npm is a script there
    });
    if (status !== 0) {
        const said = stderr?.split('\n').find((line) => line.startsWith('npm error')) ?? '';
        return `npm ci --prefix bench failed: ${error?.message ?? said.trim()}`;
    }
    writeFileSync(stampFile, stamp());
    return undefined;
}
//# sourceMappingURL=install.js.map