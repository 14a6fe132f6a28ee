import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  accessSync,
  constants,
  existsSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join, resolve } from 'node:path';

/**
 * Runs `npm run build` unless dist was built from the present sources. With `--done`, records that it
 * was. Where nothing can be built (no compiler is installed, or dist is read-only), an earlier build is
 * good enough to start, with a warning.
 */
const root = resolve(import.meta.dirname, '..');
const sources = [
  'src',
  'bench',
  'test',
  'docs/FROM-PYTHON.md', // a view of the page
  'tsconfig.json',
  'vite.config.ts',
  'package-lock.json',
];
const stamp = join(root, 'dist/.built-from');

if (process.argv[2] === '--done') writeFileSync(stamp, fingerprint());
else if (!isUpToDate()) process.exitCode = build();

/** @returns the exit code */
function build() {
  const obstacle = obstacleToBuild();
  if (obstacle === undefined) {
    const options = { cwd: root, stdio: 'inherit', shell: process.platform === 'win32' };
    return spawnSync('npm', ['run', '--silent', 'build'], options).status ?? 1;
  }
  if (
    ['dist/src/main.js', 'dist/src/web/index.html'].every((path) => existsSync(join(root, path)))
  ) {
    console.error(`dist may be older than its sources, and ${obstacle}: starting what was built`);
    return 0;
  }
  console.error(
    `there is no build, and ${obstacle}: run "npm ci --include=dev && npm run build" first`,
  );
  return 2;
}

/** Why nothing can be built, if so. */
function obstacleToBuild() {
  const compilers = ['typescript', 'vite'].map((name) => join(root, 'node_modules', name));
  if (!compilers.every((path) => existsSync(path))) return 'no compiler is installed';
  const dist = join(root, 'dist');
  try {
    accessSync(existsSync(dist) ? dist : root, constants.W_OK);
    return undefined;
  } catch {
    return 'this folder is read-only';
  }
}

function isUpToDate() {
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === fingerprint();
}

/** A hash of the names and bytes of all sources. */
function fingerprint() {
  const hash = createHash('sha256');
  for (const source of sources) addTo(hash, source);
  return hash.digest('hex');
}

/**
 * @param {import('node:crypto').Hash} hash
 * @param {string} path
 */
function addTo(hash, path) {
  const full = join(root, path);
  if (!existsSync(full) || /\/(results|node_modules)$/.test(path)) return;
  if (statSync(full).isFile()) hash.update(path).update(readFileSync(full));
  else for (const name of readdirSync(full).sort()) addTo(hash, `${path}/${name}`);
}
