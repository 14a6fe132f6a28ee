import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { exitCode } from '../exit-codes.js';
import { chromeTrace } from '../lab/chrome-trace.js';
import { runExperiment } from '../lab/experiment.js';
import { htmlPage } from '../lab/html-report.js';
import { ladder } from '../lab/ladder.js';
import { catalogueOf, type Plan, planLadder, planOf } from '../lab/plan.js';
import { SandboxDatabase } from '../lab/sandbox-database.js';
import { type Amount, bounds, defaults, isInDatabase } from '../lab/setting.js';
import { databaseUrlOf } from '../settings.js';
import { allLockModeNames, storeNames } from '../store/registry.js';
import type { LabRequest, Run } from '../timeline/report.js';
import { UserError } from '../user-error.js';
import { newCommand, runCommand, wholeNumber } from './command.js';
import { describeCatalogue, describeRun, describeRuns, describeShortly } from './describe-run.js';
import { exitCodeOfRuling } from './ruling.js';

interface Options {
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

const command = newCommand(
  'lab',
  'Lets buyers at an office of its own, and shows what happened between its processes.',
)
  .option('--rung <number>', 'a rung of the ladder, 1 to 8')
  .option('--scenario <name>', 'a scenario by its name')
  .option('--list', 'show the rungs and the scenarios')
  .option('--ladder', 'climb all rungs, and show them side by side')
  .option('--store <name>', `${storeNames.join(', ')} (default: ${defaults.store})`)
  .option(
    '--mode <name>',
    `lock mode: ${allLockModeNames.join(', ')} (default: ${defaults.lockMode}; with postgres row)`,
  )
  .option('--buyers <number>', `how many, all at once (default: ${defaults.buyers})`)
  .option('--quantity <number>', `tickets that each wants (default: ${defaults.quantity})`)
  .option('--capacity <number>', `tickets that there are (default: ${defaults.capacity})`)
  .option('--workers <number>', `processes that sell (default: ${defaults.workers})`)
  .option('--window <ms>', `pause between read and write (default: ${defaults.windowMs})`)
  .option('--batch <number>', `most buys in one lock turn (default: ${defaults.batchMax})`)
  .option('--expect <verdict>', 'holds or broken: what is fine here (default: holds)')
  .option('--html <file>', 'write a page with the timeline')
  .option('--trace <file>', 'write a trace that ui.perfetto.dev opens')
  .option('--json', 'print the report as JSON')
  .addHelpText(
    'after',
    `
Exit code: 0 holds, 1 broken, 2 bad argument, 3 inconclusive: no race was seen, which is not safe.
--expect broken turns 0 and 1 round. --ladder and --scenario know what to expect of each run.
What sells from PostgreSQL makes a database of its own on the server of DATABASE_URL, and drops it
afterwards: exit 2 when its role may not, 5 when no server answers.`,
  );

await runCommand(command, async () => {
  const options = command.opts<Options>();
  const databaseUrl = databaseUrlOf();
  const catalogue = catalogueOf(databaseUrl);
  if (command.args.length > 0) throw new UserError(`"${command.args[0]}" is no option`);
  if (options.list) {
    process.stdout.write(`${describeCatalogue(catalogue)}\n`);
    return exitCode.ok;
  }
  const plans = plansOf(options, databaseUrl);
  if (plans.length > 1) await tryDatabase(plans, databaseUrl);
  const runs: Run[] = [];
  const scenario = catalogue.scenarios.find(({ name }) => name === options.scenario);
  if (scenario !== undefined && !options.json) {
    process.stdout.write(`${scenario.title}\n${scenario.teaches}\n\n`);
  }
  for (const plan of plans) {
    process.stderr.write(`${plan.title} …\n`);
    runs.push(await runExperiment(plan, { databaseUrl }));
    if (plans.length > 1 && !options.json && options.ladder === undefined) {
      process.stdout.write(`${describeShortly(runs.at(-1) as Run)}\n\n`);
    }
  }
  if (options.html !== undefined) await write(options.html, htmlPage(runs));
  if (options.trace !== undefined) await write(options.trace, JSON.stringify(chromeTrace(runs)));
  if (options.ladder) {
    for (const { rung, unavailable } of catalogue.rungs) {
      if (unavailable !== undefined)
        process.stderr.write(`rung ${rung} was not run: ${unavailable}\n`);
    }
  }
  process.stdout.write(options.json ? `${JSON.stringify({ runs })}\n` : inWords(runs));
  return outcomeOf(plans, runs, options.expect);
});

function plansOf(options: Options, databaseUrl: string | undefined): Plan[] {
  const request = requestOf(options);
  const { scenario, expect } = options;
  if (expect !== undefined && expect !== 'holds' && expect !== 'broken') {
    throw new UserError(`--expect is ${JSON.stringify(expect)}: it takes holds or broken`);
  }
  if (expect !== undefined && (options.ladder || scenario !== undefined)) {
    throw new UserError('--expect goes with one run: a ladder and a scenario know');
  }
  if (options.ladder === undefined) return planOf(request, databaseUrl);
  const { rung, scenario: _, ...changes } = request;
  if (rung !== undefined || scenario !== undefined) {
    throw new UserError('--ladder takes no --rung and no --scenario');
  }
  return planLadder(changes, databaseUrl);
}

/** Whether a database can be had is better known before seven rungs were climbed. */
async function tryDatabase(plans: readonly Plan[], databaseUrl: string | undefined): Promise<void> {
  if (databaseUrl === undefined || !plans.some(({ setting }) => isInDatabase(setting.store)))
    return;
  await (await SandboxDatabase.create(databaseUrl)).close();
}

function requestOf(options: Options): LabRequest {
  const amount = (name: Amount, flag: 'batch' | 'window' | keyof Options): object => {
    const text = options[flag];
    if (typeof text !== 'string') return {};
    const { min, max } = bounds[name];
    return { [name]: wholeNumber(`--${flag}`, text, min, max) };
  };
  const { rung, scenario, store, mode } = options;
  return {
    ...(rung === undefined ? {} : { rung: wholeNumber('--rung', rung, 1, ladder.length) }),
    ...(scenario === undefined ? {} : { scenario }),
    ...(store === undefined ? {} : { store: store as NonNullable<LabRequest['store']> }),
    ...(mode === undefined ? {} : { lockMode: mode as NonNullable<LabRequest['lockMode']> }),
    ...amount('batchMax', 'batch'),
    ...amount('buyers', 'buyers'),
    ...amount('quantity', 'quantity'),
    ...amount('capacity', 'capacity'),
    ...amount('workers', 'workers'),
    ...amount('windowMs', 'window'),
  };
}

async function write(path: string, text: string): Promise<void> {
  await writeFile(path, text);
  process.stderr.write(`wrote ${resolve(path)}\n`);
}

function inWords(runs: readonly Run[]): string {
  const [run] = runs;
  if (run !== undefined && runs.length === 1) return `${describeRun(run)}\n`;
  const commands = [...new Set(runs.map((each) => each.command))];
  const again = commands.length === 1 ? commands[0] : 'npm run lab -- --ladder';
  return `${describeRuns(runs)}\nAgain: ${again}\n`;
}

/** A run that proved nothing is worse than one that went as it should, and better than a wrong one. */
function outcomeOf(
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
