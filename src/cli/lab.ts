import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { exitCode, exitCodeOfRuling } from '../exit-codes.js';
import { runExperiment } from '../lab/experiment.js';
import { bounds, defaults, isInDatabase, type NumericSetting } from '../lab/experiment-setting.js';
import { ladder } from '../lab/ladder.js';
import { catalogueOf, type Plan, planLadder, planOf } from '../lab/plan.js';
import { SandboxDatabase } from '../lab/sandbox-database.js';
import { levels } from '../lab/stepping/levels.js';
import { databaseUrlOf } from '../settings.js';
import { allLockModeNames, storeNames } from '../store/registry.js';
import { chromeTrace } from '../timeline/chrome-trace.js';
import { htmlPage } from '../timeline/html-report.js';
import type { LabRequest } from '../timeline/lab-request.js';
import type { Run } from '../timeline/report.js';
import { levelVariant } from '../timeline/stepped-run.js';
import { UserError } from '../user-error.js';
import { newCommand, requireWritable, runCommand, wholeNumber } from './command.js';
import {
  describeCatalogue,
  describeConclusion,
  describeRun,
  describeRuns,
  describeStory,
} from './describe-run.js';
import { playLevel } from './play-level.js';
import { readTimelineCss } from './timeline-css.js';

interface Options {
  readonly level?: string;
  readonly variant?: string;
  readonly stepped?: true;
  readonly rung?: string;
  readonly scenario?: string;
  readonly store?: string;
  readonly mode?: string;
  readonly batch?: string;
  readonly buyers?: string;
  readonly quantity?: string;
  readonly capacity?: string;
  readonly workers?: string;
  readonly window?: string;
  readonly ladder?: true;
  readonly list?: true;
  readonly expect?: string;
  readonly html?: string;
  readonly trace?: string;
  readonly json?: true;
}

const levelMax = Math.max(...levels.map(({ level }) => level));

const command = newCommand(
  'lab',
  'Runs a race between worker processes in a sandbox, and shows what happened.',
)
  .option('--level <number>', `a level, which you step yourself, 1 to ${levelMax}`)
  .option('--variant <name>', `a variant of level 8: ${levelVariant.options.join(', ')}`)
  .option('--stepped', 'step a setting of your own: --store, --mode and --capacity')
  .option('--rung <number>', 'a rung of the ladder, 1 to 8')
  .option('--scenario <name>', 'a scenario')
  .option('--list', 'list the rungs and the scenarios')
  .option('--ladder', 'run all rungs, and compare them in a table')
  .option('--store <name>', `${storeNames.join(', ')} (default: ${defaults.store})`)
  .option(
    '--mode <name>',
    `lock mode: ${allLockModeNames.join(', ')} (default: ${defaults.lockMode}; with postgres row)`,
  )
  .option('--buyers <number>', `buyers, all at the same time (default: ${defaults.buyers})`)
  .option('--quantity <number>', `tickets per buyer (default: ${defaults.quantity})`)
  .option('--capacity <number>', `tickets for sale (default: ${defaults.capacity})`)
  .option('--workers <number>', `worker processes (default: ${defaults.workers})`)
  .option('--window <ms>', `pause between read and write (default: ${defaults.windowMs})`)
  .option('--batch <number>', `most buys in one batch (default: ${defaults.batchMax})`)
  .option('--expect <verdict>', 'the verdict that exits 0: holds or broken (default: holds)')
  .option('--html <file>', 'write an HTML page with the timeline')
  .option('--trace <file>', 'write a trace for ui.perfetto.dev')
  .option('--json', 'print the report as JSON')
  .addHelpText(
    'after',
    `
A level reads steps from stdin: a or b (a process makes one step), stop a, continue a, kill a, quit.
Exit code of a level: 0 the goal is reached, 1 it is not.

Exit code: 0 holds, 1 broken, 2 bad argument, 3 inconclusive: no race was seen, which does not make
it safe. --expect broken swaps 0 and 1; --ladder and --scenario know what to expect of each run.
A run on PostgreSQL creates a database on the server of DATABASE_URL, and drops it afterwards: exit 2
if its role may not create one, 5 if the server cannot be reached.`,
  );

await runCommand(command, async () => {
  const options = command.opts<Options>();
  const databaseUrl = databaseUrlOf();
  const catalogue = catalogueOf(databaseUrl);
  if (command.args.length > 0) throw new UserError(`unexpected argument "${command.args[0]}"`);
  if (options.list) {
    process.stdout.write(`${describeCatalogue(catalogue)}\n`);
    return exitCode.ok;
  }
  if (options.level !== undefined || options.variant !== undefined || options.stepped) {
    rejectReports(options);
    return playLevel(requestOf(options));
  }
  const plans = planFromOptions(options, databaseUrl);
  if (options.html !== undefined) await requireWritable('--html', options.html);
  if (options.trace !== undefined) await requireWritable('--trace', options.trace);
  if (plans.length > 1) await checkDatabase(plans, databaseUrl);
  const runs: Run[] = [];
  const scenario = catalogue.scenarios.find(({ name }) => name === options.scenario);
  if (scenario !== undefined && !options.json) {
    process.stdout.write(`${scenario.title}\n${scenario.teaches}\n\n`);
  }
  for (const plan of plans) {
    process.stderr.write(`${plan.title} …\n`);
    runs.push(await runExperiment(plan, { databaseUrl }));
    if (plans.length > 1 && !options.json && options.ladder === undefined) {
      process.stdout.write(`${describeStory(runs.at(-1) as Run)}\n\n`);
    }
  }
  if (options.html !== undefined) {
    const timelineCss = readTimelineCss();
    await writeReport(options.html, htmlPage(runs, { timelineCss, scenario }));
  }
  if (options.trace !== undefined)
    await writeReport(options.trace, JSON.stringify(chromeTrace(runs)));
  if (options.ladder) {
    for (const { rung, unavailable } of catalogue.rungs) {
      if (unavailable === undefined) continue;
      process.stderr.write(`rung ${rung} was not run: ${unavailable}\n`);
    }
  }
  process.stdout.write(options.json ? `${JSON.stringify({ runs })}\n` : describeAll(runs));
  if (scenario !== undefined && !options.json) {
    process.stdout.write(describeConclusion(scenario, runs));
  }
  return exitCodeOfRuns(plans, runs, options.expect);
});

/** A stepped run is played, not reported. */
function rejectReports(options: Options): void {
  for (const name of ['ladder', 'expect', 'html', 'trace', 'json'] as const) {
    if (options[name] === undefined) continue;
    const stepped = options.level === undefined ? '--stepped' : '--level';
    throw new UserError(`${stepped} takes no --${name}`);
  }
}

function planFromOptions(options: Options, databaseUrl: string | undefined): Plan[] {
  const request = requestOf(options);
  const { scenario, expect } = options;
  if (expect !== undefined && expect !== 'holds' && expect !== 'broken') {
    throw new UserError(`--expect is ${JSON.stringify(expect)}: it takes holds or broken`);
  }
  if (expect !== undefined && (options.ladder || scenario !== undefined)) {
    throw new UserError('--expect is for a single run, not for a ladder or a scenario');
  }
  if (options.ladder === undefined) return planOf(request, databaseUrl);
  const { rung, scenario: _, level: _l, variant: _v, stepped: _s, ...changes } = request;
  if (rung !== undefined || scenario !== undefined) {
    throw new UserError('--ladder takes no --rung and no --scenario');
  }
  return planLadder(changes, databaseUrl);
}

/** Fails before the first run, not after seven rungs, if no database can be created. */
async function checkDatabase(
  plans: readonly Plan[],
  databaseUrl: string | undefined,
): Promise<void> {
  if (databaseUrl === undefined || !plans.some(({ setting }) => isInDatabase(setting.store)))
    return;
  await (await SandboxDatabase.create(databaseUrl)).close();
}

function requestOf(options: Options): LabRequest {
  const numeric = (name: NumericSetting, flag: 'batch' | 'window' | keyof Options): object => {
    const text = options[flag];
    if (typeof text !== 'string') return {};
    const { min, max } = bounds[name];
    return { [name]: wholeNumber(`--${flag}`, text, min, max) };
  };
  const { rung, scenario, store, mode, level, variant } = options;
  return {
    ...(level === undefined ? {} : { level: wholeNumber('--level', level, 1, levelMax) }),
    ...(variant === undefined ? {} : { variant: variant as NonNullable<LabRequest['variant']> }),
    ...(options.stepped === undefined ? {} : { stepped: true }),
    ...(rung === undefined ? {} : { rung: wholeNumber('--rung', rung, 1, ladder.length) }),
    ...(scenario === undefined ? {} : { scenario }),
    ...(store === undefined ? {} : { store: store as NonNullable<LabRequest['store']> }),
    ...(mode === undefined ? {} : { lockMode: mode as NonNullable<LabRequest['lockMode']> }),
    ...numeric('batchMax', 'batch'),
    ...numeric('buyers', 'buyers'),
    ...numeric('quantity', 'quantity'),
    ...numeric('capacity', 'capacity'),
    ...numeric('workers', 'workers'),
    ...numeric('windowMs', 'window'),
  };
}

async function writeReport(path: string, text: string): Promise<void> {
  await writeFile(path, text);
  process.stderr.write(`wrote ${resolve(path)}\n`);
}

function describeAll(runs: readonly Run[]): string {
  const [run] = runs;
  if (run !== undefined && runs.length === 1) return `${describeRun(run)}\n`;
  const commands = [...new Set(runs.map((each) => each.command))];
  const command = commands.length === 1 ? commands[0] : 'npm run lab -- --ladder';
  return `${describeRuns(runs)}\nRun it again: ${command}\n`;
}

/** The worst result decides: an inconclusive run is worse than an expected one, and better than a wrong one. */
function exitCodeOfRuns(
  plans: readonly Plan[],
  runs: readonly Run[],
  expected: string | undefined,
): number {
  const codes = runs.map(({ verdict: { ruling } }, index) => {
    const expect = runs.length > 1 ? plans[index]?.expect : (expected ?? 'holds');
    if (ruling === 'inconclusive') return exitCodeOfRuling.inconclusive;
    return ruling === expect ? exitCode.ok : exitCode.failed;
  });
  if (codes.includes(exitCode.failed)) return exitCode.failed;
  return Math.max(...codes);
}
