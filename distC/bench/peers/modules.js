import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { benchFolder } from '../folder.js';
const { resolve } = createRequire(join(benchFolder, 'package.json'));
/**
 * Loads a package that only the benchmark needs, from where it installed it. What is used of it is
 * typed by hand, so that the project can be checked without it.
 */
export async function loadPackage(name) {
    return (await import(pathToFileURL(resolve(name)).href));
}
//# sourceMappingURL=modules.js.map