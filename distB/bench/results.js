import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { UnusableError } from '../src/unusable.js';
import { benchFolder } from './folder.js';
import { judgeMusts } from './musts.js';
export const resultsFolder = join(benchFolder, 'results');
const latestFile = join(resultsFolder, 'latest.json');
export const printResults = (results) => `${JSON.stringify(results, null, 2)}\n`;
export async function keepResults(results) {
    await mkdir(resultsFolder, { recursive: true });
    await writeFile(latestFile, printResults(results));
}
/**
 * The results of the last whole benchmark, held against the musts of today.
 *
 * @throws UnusableError when there are none
 */
export async function lastResults() {
    const text = await readFile(latestFile, 'utf8').catch((error) => {
        throw new UnusableError(`there are no results to draw: ${error.message}`);
    });
    const results = JSON.parse(text);
    return { ...results, musts: judgeMusts(results.groups) };
}
//# sourceMappingURL=results.js.map