import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { benchFolder } from './folder.js';
import { markdown } from './markdown.js';
import { plotsOf } from './plots.js';
import { resultsFolder } from './results.js';
import { newPainter } from './vega.js';
/**
 * Writes `bench/REPORT.md` and the plots in it. Where nothing can draw, the report has none.
 *
 * @param say told, in a line, what could not be drawn
 */
export async function drawResults(results, say) {
    await mkdir(resultsFolder, { recursive: true });
    const plots = plotsOf(results);
    const drawn = [];
    try {
        const paintSvg = await newPainter();
        for (const { name, spec } of plots) {
            await writeFile(join(resultsFolder, `${name}.svg`), `${await paintSvg(spec)}\n`);
            drawn.push(name);
        }
    }
    catch (error) {
        say(`no plots: ${error.message.split('\n')[0]}`);
    }
    const shown = plots.filter(({ name }) => drawn.includes(name));
    await writeFile(join(benchFolder, 'REPORT.md'), markdown(results, shown));
}
//# sourceMappingURL=draw.js.map