import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { scenarios } from '../src/lab/scenarios.js';
import { about, defaultOf, type SettingName, settingsSchema, takes } from '../src/settings.js';
import { lockModesOf, storeNames, stores } from '../src/store/registry.js';

const root = new URL('..', import.meta.url);
const read = (path: string): string => readFileSync(new URL(path, root), 'utf8');

const names = Object.keys(settingsSchema.shape) as SettingName[];
const shownDefault = (name: SettingName): string =>
  name === 'WORKERS' ? 'cores, 2 to 8' : defaultOf(name); // which depends on the machine

/** Every page that a reader may open, relative to the root. */
const pages = [
  ...readdirSync(root).filter((name) => name.endsWith('.md')),
  ...readdirSync(new URL('docs', root)).flatMap((name) =>
    name.endsWith('.md') ? [`docs/${name}`] : [],
  ),
  ...readdirSync(new URL('.github', root), { recursive: true, encoding: 'utf8' }).flatMap((name) =>
    name.endsWith('.md') ? [`.github/${name}`] : [],
  ),
];

/** Settings whose values have tables of their own on the page, as their descriptions are long. */
const describedBelow: { readonly [Name in SettingName]?: string } = {
  LOCK_MODE: 'what keeps the workers apart: see [lock modes](#lock-modes)',
  STORE: 'where the tickets are kept: see [stores](#stores)',
};

type Described = Readonly<Record<string, { readonly about: string }>>;

const rowsOf = (described: Described): string[] =>
  Object.entries(described).map(([name, { about }]) => `| \`${name}\` | ${about} |`);

/** The page of settings, generated from the schema and the registries. */
function settingsPage(): string {
  return [
    '# Settings',
    '',
    'All settings come from the environment. An empty variable counts as unset. An invalid one ends the start',
    'with a message that says what the setting accepts. `npm start -- --help` prints this list.',
    '',
    '| name | default | accepts | meaning |',
    '|---|---|---|---|',
    ...names.map(
      (name) =>
        `| \`${name}\` | ${shownDefault(name)} | ${takes(name)} | ${describedBelow[name] ?? about(name)} |`,
    ),
    '',
    '## Stores',
    '',
    '| `STORE` | what it is |',
    '|---|---|',
    ...rowsOf(stores),
    '',
    '## Lock modes',
    '',
    '| `LOCK_MODE` with json and ledger | what it is |',
    '|---|---|',
    ...rowsOf(lockModesOf('json')),
    '',
    '| `LOCK_MODE` with postgres | what it is |',
    '|---|---|',
    ...rowsOf(lockModesOf('postgres')),
    '',
    `The default with postgres is \`${stores.postgres.lockModeDefault}\`.`,
    '',
    '`src/settings.ts` and the registries of `src/store` and `src/lock` are the source of this page.',
    '`npx vitest run test/docs.test.ts -u` writes it.',
    '',
  ].join('\n');
}

/** The links of a text: `[text](target)` and `src="target"`. */
const linksOf = (text: string): string[] =>
  [...text.matchAll(/\]\(([^)\s]+)\)|(?:src|srcset|href)="([^"]+)"/g)].map(
    ([, markdown, html]) => markdown ?? html ?? '',
  );

/** The anchors that GitHub gives to the headings of a page. */
const anchorsOf = (text: string): string[] =>
  [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-'),
  );

/** The relative links of a text whose file or heading does not exist, seen from a page. */
function deadLinks(text: string, page: string): string[] {
  return linksOf(text).filter((link) => {
    if (/^[a-z]+:/.test(link)) return false;
    const [path = '', anchor] = link.split('#');
    const target = path === '' ? new URL(page, root) : new URL(path, new URL(page, root));
    if (!existsSync(target)) return true;
    return anchor !== undefined && !anchorsOf(readFileSync(target, 'utf8')).includes(anchor);
  });
}

/** What a page names in code: `` `STORE=ledger` `` and `STORE=ledger npm start`. */
const assignmentsIn = (text: string): [string, string][] =>
  [...text.matchAll(/\b([A-Z][A-Z_]+)=([^\s`'"|]+)/g)].map(([, name = '', value = '']) => [
    name,
    value,
  ]);

/** Variables of the environment that are not settings. */
const otherVariables = new Set([
  'UPDATE_PICTURES',
  'UV_USE_IO_URING',
  'LOCK_MODE_POSTGRES',
  'POSTGRES_PASSWORD',
  'TMPDIR',
  'FAST_CHECK_SEED',
  'FAST_CHECK_RUNS',
]);

/** Files that a command writes. */
const generated = new Set(['bench/results/latest.json', 'data/tickets.json']);

describe('the documentation', () => {
  test('docs/SETTINGS.md matches the settings', async () => {
    await expect(settingsPage()).toMatchFileSnapshot('../docs/SETTINGS.md');
  });

  test('the page of settings has every store and every lock mode', () => {
    for (const store of storeNames) {
      expect(settingsPage()).toContain(stores[store].about);
      for (const mode of Object.values<{ about: string }>(lockModesOf(store)))
        expect(settingsPage()).toContain(mode.about);
    }
  });

  test('README has at most 1,000 words', () => {
    expect(read('README.md').split(/\s+/).filter(Boolean).length).toBeLessThanOrEqual(1_000);
  });

  test('docs/README.md links every page of docs', () => {
    const others = pages.filter((page) => page.startsWith('docs/') && page !== 'docs/README.md');
    const linked = linksOf(read('docs/README.md')).map((link) => `docs/${link}`);
    expect(others.length).toBeGreaterThan(8);
    expect(others.filter((page) => !linked.includes(page))).toEqual([]);
  });

  test.each(pages)('%s has no dead relative link', (page) => {
    expect(deadLinks(read(page), page)).toEqual([]);
  });

  test('a link to a missing file, heading or picture is found', () => {
    const text = `[file](MISSING.md) [heading](RELIABILITY.md#nowhere) <img src="pictures/none.png">
      [page](RELIABILITY.md#faults) [self](#here) <img src="pictures/lab-phone-dark.png">`;
    expect(deadLinks(text, 'docs/LAB.md')).toEqual([
      'MISSING.md',
      'RELIABILITY.md#nowhere',
      'pictures/none.png',
      '#here',
    ]);
  });

  test.each(pages)('%s names settings that exist, with values that they accept', (page) => {
    for (const [name, value] of assignmentsIn(read(page))) {
      if (otherVariables.has(name)) continue;
      expect(names, page).toContain(name);
      if (value.includes('…')) continue;
      const { success } = settingsSchema.shape[name as SettingName].safeParse(value);
      expect(success, `${page}: ${name}=${value}`).toBe(true);
    }
  });

  test('README has a rung for every store', () => {
    const rungs = read('README.md').match(/^\| \d \| .*$/gm) ?? [];
    expect(rungs).toHaveLength(8);
    const stores = rungs.map((rung) => /STORE=(\w+)/.exec(rung)?.[1] ?? 'json');
    expect(new Set(stores)).toEqual(new Set(storeNames));
  });

  test('docs/FROM-PYTHON.md links files', () => {
    expect(linksOf(read('docs/FROM-PYTHON.md')).length).toBeGreaterThan(15);
  });

  test('every path of the repository that a page names exists', () => {
    const named = pages.flatMap((page) =>
      [...read(page).matchAll(/`((?:src|test|bench|docs|data|\.ci)\/[\w./-]+)`/g)].map(
        ([, path = '']) => path,
      ),
    );
    expect(named.length).toBeGreaterThan(20);
    expect(
      named.filter((path) => !generated.has(path) && !existsSync(new URL(path, root))),
    ).toEqual([]);
  });

  test('every scenario that a page names exists', () => {
    const named = pages.flatMap((page) =>
      [...read(page).matchAll(/--scenario ([a-z][\w-]+)/g)].map(([, name]) => name),
    );
    expect(named.length).toBeGreaterThan(8);
    for (const name of named) expect(scenarios.map((each) => each.name)).toContain(name);
  });

  test('every npm script that a page names exists', () => {
    const { scripts } = JSON.parse(read('package.json'));
    const known = new Set([...Object.keys(scripts), 'ci']);
    for (const page of pages) {
      const named = [...read(page).matchAll(/\bnpm run (?:--silent )?([\w:]+)/g)].map(
        ([, name]) => name,
      );
      expect(
        named.filter((name = '') => !known.has(name)),
        page,
      ).toEqual([]);
    }
  });

  test.each([
    ['backup', 'src/cli/backup.ts'],
    ['bench', 'bench/options.ts'],
    ['events', 'src/cli/events.ts'],
    ['lab', 'src/cli/lab.ts'],
    ['ledger', 'src/cli/ledger.ts'],
    ['orders', 'src/cli/orders.ts'],
    ['outbox', 'src/cli/outbox.ts'],
    ['race', 'src/cli/race.ts'],
    ['reset', 'src/cli/reset.ts'],
    ['restore', 'src/cli/restore.ts'],
    ['torture', 'test/torture/main.ts'],
    ['verdict', 'src/cli/verdict.ts'],
  ])('every option of `npm run %s` that a page names exists', (script, source) => {
    const known = new Set(read(source).match(/--[a-z][a-z-]*/g));
    const named = pages.flatMap((page) =>
      [...read(page).matchAll(new RegExp(`npm run ${script} -- ([^\\n\`#]*)`, 'g'))].flatMap(
        ([, options = '']) => options.match(/--[a-z][a-z-]*/g) ?? [],
      ),
    );
    expect(named.filter((option) => !known.has(option))).toEqual([]);
  });

  test.each([
    ['package.json', 1],
    ['bench/package.json', 2],
  ])('CONTRIBUTING has a reason for every dependency of %s, and no other', (file, place) => {
    const { dependencies, devDependencies, optionalDependencies } = JSON.parse(read(file));
    const table = read('CONTRIBUTING.md').split('| package | reason |')[place] ?? '';
    const named = [...table.matchAll(/^\| ([^|]+) \|/gm)].flatMap(([, cell = '']) =>
      cell.split(', '),
    );
    const installed = Object.keys({ ...dependencies, ...devDependencies, ...optionalDependencies });
    const types = (name: string) => name.startsWith('@types/');
    expect(installed.length).toBeGreaterThan(0);
    expect(named.filter((name) => !types(name)).sort()).toEqual(
      installed.filter((name) => !types(name)).sort(),
    );
  });
});

describe('the CI workflow', () => {
  const { jobs } = parse(read('.github/workflows/ci.yml'));

  test('runs under each Node that the project supports', () => {
    expect(jobs.verify.strategy.matrix.node).toEqual([20, 22, 24]);
    const least = JSON.parse(read('package.json')).engines.node;
    expect(least).toMatch(/^>=20\./);
  });

  test('runs the script that .ci/run runs, not a copy of it', () => {
    const steps: { run?: string }[] = jobs.verify.steps;
    expect(steps.at(-1)).toEqual({ run: '.ci/verify' });
    for (const script of ['.ci/run', '.ci/verify']) {
      expect(read(script)).toMatch(/^source .*\/steps\.sh"$/m);
      expect(read(script)).toMatch(/^verify$/m);
    }
  });
});
