import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/**
 * The path of a built program, such as `lab/runner`. It is found whether this file runs from `dist`
 * or, in a test, from `src`.
 */
export function programPath(name: string): string {
  const paths = [`../${name}.js`, `../../dist/src/${name}.js`];
  const found = paths
    .map((path) => fileURLToPath(new URL(path, import.meta.url)))
    .find((path) => existsSync(path));
  if (found === undefined) throw new Error(`${name} is not built: run npm run build`);
  return found;
}
