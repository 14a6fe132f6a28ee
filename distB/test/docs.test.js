import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { scenarios } from '../src/lab/scenarios.js';
import { about, defaultOf, settingsSchema, takes } from '../src/settings.js';
const names = Object.keys(settingsSchema.shape);
const shownDefault = (name) => name === 'WORKERS' ? 'cores, 2 to 8' : defaultOf(name); // which depends on the machine
/** The table as the settings say it. */
function settingsPage() {
    const rows = names.map((name) => `| \`${name}\` | ${shownDefault(name)} | ${takes(name)} | ${about(name)} |`);
    return [
        '# Settings',
        '',
        'Made from `src/settings.ts`: `npx vitest run test/docs.test.ts -u` writes it anew.',
        '',
        '| name | default | takes | meaning |',
        '|---|---|---|---|',
        ...rows,
        '',
    ].join('\n');
}
describe('the documentation', () => {
    test('docs/SETTINGS.md is what the settings say', async () => {
        await expect(settingsPage()).toMatchFileSnapshot('../docs/SETTINGS.md');
    });
    test('README has every setting and its default', () => {
        const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
        const rows = readme.split('\n').filter((line) => line.startsWith('| `'));
        for (const name of names) {
            const row = rows.find((each) => each.includes(`\`${name}\``));
            expect(row, name).toContain(shownDefault(name));
        }
    });
    test('docs/FROM-PYTHON.md leads to files and scenarios that there are', () => {
        const page = new URL('../docs/FROM-PYTHON.md', import.meta.url);
        const text = readFileSync(page, 'utf8');
        const links = [...text.matchAll(/\]\(([^)]+)\)/g)].map(([, path = '']) => path);
        expect(links.length).toBeGreaterThan(15);
        expect(links.filter((path) => !existsSync(new URL(path, page)))).toEqual([]);
        const named = [...text.matchAll(/--scenario ([\w-]+)/g)].map(([, name]) => name);
        expect(named.length).toBeGreaterThan(3);
        for (const name of named)
            expect(scenarios.map((each) => each.name)).toContain(name);
    });
    test.each([
        ['package.json', 1],
        ['bench/package.json', 2],
    ])('CONTRIBUTING has a reason for every dependency of %s, and no other', (file, place) => {
        const read = (path) => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8');
        const { dependencies, devDependencies, optionalDependencies } = JSON.parse(read(file));
        const table = read('CONTRIBUTING.md').split('| package | reason |')[place] ?? '';
        const named = [...table.matchAll(/^\| ([^|]+) \|/gm)].flatMap(([, cell = '']) => cell.split(', '));
        const installed = Object.keys({ ...dependencies, ...devDependencies, ...optionalDependencies });
        const types = (name) => name.startsWith('@types/');
        expect(installed.length).toBeGreaterThan(0);
        expect(named.filter((name) => !types(name)).sort()).toEqual(installed.filter((name) => !types(name)).sort());
    });
});
//# sourceMappingURL=docs.test.js.map