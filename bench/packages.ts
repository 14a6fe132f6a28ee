import { spawnSync } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

/** The project's folder `bench`, from `bench` and from `dist/bench` alike. */
export const benchFolder = ['./', '../../bench/']
  .map((path) => fileURLToPath(new URL(path, import.meta.url)))
  .find((path) => existsSync(join(path, 'package.json'))) as string;

const { resolve } = createRequire(join(benchFolder, 'package.json'));

/**
 * Loads a package of `bench/package.json`. Its callers declare the few types that they use, so that
 * the project compiles without it.
 */
export async function loadPackage<T>(name: string): Promise<T> {
  return (await import(pathToFileURL(resolve(name)).href)) as T;
}

const INSTALL_MS_MAX = 600_000;

/** Installs the packages of `bench/package.json`, once. @returns why that failed, or nothing */
export function installPackages(): string | undefined {
  const folder = join(benchFolder, 'node_modules');
  if (existsSync(folder)) return undefined;
  process.stderr.write('Installing the peers and the plots, once: npm ci --prefix bench\n');
  const { status, stderr, error } = spawnSync('npm', ['ci', '--prefix', benchFolder], {
    stdio: ['ignore', 'ignore', 'pipe'],
    encoding: 'utf8',
    timeout: INSTALL_MS_MAX,
    shell: process.platform === 'win32', // npm is a script there
  });
  if (status === 0) return undefined;
  rmSync(folder, { recursive: true, force: true }); // the next run tries again
  const line = stderr?.split('\n').find((each) => each.startsWith('npm error'));
  return `npm ci --prefix bench failed: ${error?.message ?? line}`;
}
