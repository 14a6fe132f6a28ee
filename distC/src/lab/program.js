import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
/** The path of a built program of the lab, also where this file is run as it was written. */
export function labProgram(name) {
    const paths = [`./${name}.js`, `../../dist/src/lab/${name}.js`];
    const found = paths
        .map((path) => fileURLToPath(new URL(path, import.meta.url)))
        .find((path) => existsSync(path));
    if (found === undefined)
        throw new Error(`the lab's ${name} is not built: npm run build`);
    return found;
}
//# sourceMappingURL=program.js.map