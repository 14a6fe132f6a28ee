import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { testFolder } from './support/folder.js';

/** A checkout whose build only creates the files that a start needs. */
function checkout() {
  const root = testFolder();
  const write = (path: string, text: string) => {
    mkdirSync(join(root, path, '..'), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  cpSync('scripts', join(root, 'scripts'), { recursive: true });
  write('src/main.ts', 'the source');
  write('node_modules/typescript/package.json', '{}');
  write('node_modules/vite/package.json', '{}');
  write(
    'build.js',
    `import { mkdirSync, writeFileSync } from 'node:fs';
    mkdirSync('dist/src/web', { recursive: true });
    for (const file of ['main.js', 'web/index.html']) writeFileSync('dist/src/' + file, '');
    console.log('built');`,
  );
  const scripts = { build: 'node build.js', postbuild: 'node scripts/build-if-changed.js --done' };
  write('package.json', JSON.stringify({ type: 'module', scripts }));
  const prepare = () => {
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [join(root, 'scripts/build-if-changed.js')],
      { encoding: 'utf8', timeout: 120_000 },
    );
    return [status, (stdout + stderr).trim()];
  };
  const removeCompiler = () => rmSync(join(root, 'node_modules'), { recursive: true });
  return { root, write, prepare, removeCompiler };
}

test('a start builds at first and after a change, and not otherwise', () => {
  const { write, prepare } = checkout();
  expect(prepare()).toEqual([0, 'built']);
  expect(prepare()).toEqual([0, '']);
  write('src/main.ts', 'the source'); // another date, the same bytes
  expect(prepare()).toEqual([0, '']);
  write('src/another.ts', 'more');
  expect(prepare()).toEqual([0, 'built']);
});

test('without a compiler it starts what was built, and says if that may be old', () => {
  const { root, write, prepare, removeCompiler } = checkout();
  prepare();
  removeCompiler();
  expect(prepare()).toEqual([0, '']);
  write('src/main.ts', 'another source');
  expect(prepare()).toEqual([
    0,
    'dist may be older than its sources, and no compiler is installed: starting what was built',
  ]);
  expect(existsSync(join(root, 'dist/src/main.js'))).toBe(true);
});

test('without a compiler and a build it says what to do', () => {
  const { prepare, removeCompiler } = checkout();
  removeCompiler();
  expect(prepare()).toEqual([
    2,
    'there is no build, and no compiler is installed: run "npm ci --include=dev && npm run build" first',
  ]);
});
