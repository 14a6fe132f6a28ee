import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
/** The folder `bench` of the project, from here and from `dist/bench` alike. */
export const benchFolder = ['./', '../../bench/']
    .map((path) => fileURLToPath(new URL(path, import.meta.url)))
    .find((path) => existsSync(join(path, 'package.json')));
//# sourceMappingURL=folder.js.map