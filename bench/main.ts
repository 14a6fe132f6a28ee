import { mkdir, open, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SingleBar } from 'cli-progress';
import { runCommand } from '../src/cli/command.js';
import { exitCode } from '../src/exit-codes.js';
import { UserError } from '../src/user-error.js';
import { serversOf } from './groups.js';
import { describeMachine } from './machine.js';
import { type GroupResult, measure } from './measure.js';
import { command, minutesOf, type Options, readOptions } from './options.js';
import { benchFolder, installPackages } from './packages.js';
import { drawSvg, type Plot, plotsOf } from './plots.js';
import { type Results, report } from './report.js';
import { allHold } from './row-figures.js';
import { judgeTargets } from './targets.js';

const resultsFolder = join(benchFolder, 'results');
const latestFile = join(resultsFolder, 'latest.json');

// Servers and their folders are removed when this process exits. Never `once`: npm sends a second
// Ctrl-C, which would interrupt that.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => process.exit(exitCode.interrupted));
}

await runCommand(command, async () => {
  const options = readOptions();
  if (options.json !== undefined) {
    const file = await open(options.json, 'a'); // an unwritable file fails here, not after the runs
    await file.close();
  }
  const installError = options.needsPackages || options.redraw ? installPackages() : undefined;
  if (installError !== undefined) print(installError);

  const results = options.redraw ? await lastResults() : await run(options, installError);
  process.stdout.write(report(results, 'terminal'));
  const json = `${JSON.stringify(results, null, 2)}\n`;
  if (options.json !== undefined) await writeFile(options.json, json);
  if (options.full) {
    await mkdir(resultsFolder, { recursive: true });
    await writeFile(latestFile, json);
    await writeReport(results);
  }
  const { groups, targets } = results;
  const ok = groups.every(allHold) && targets.every(({ met }) => met !== false);
  return ok ? exitCode.ok : exitCode.failed;
});

/** Measures one group after the other. */
async function run({ plan, groups, full }: Options, installError?: string): Promise<Results> {
  const start = performance.now();
  const machine = await describeMachine();
  print(`This takes about ${minutesOf(plan, groups).toFixed(1)} minutes.`);
  const bar = new SingleBar({
    format: '{bar} {percentage}%  {step}',
    barsize: 32,
    barCompleteChar: '━',
    barIncompleteChar: '┄',
    clearOnComplete: true,
    noTTYOutput: true,
    notTTYSchedule: 10_000,
    linewrap: true, // without it, Ctrl-C would leave the terminal unwrapped
  });
  process.once('exit', () => bar.stop());
  const steps = groups.map((each) => serversOf(each).length + each.rows.length * plan.rounds);
  bar.start(
    steps.reduce((sum, each) => sum + each),
    0,
    { step: '' },
  );
  const results: GroupResult[] = [];
  try {
    for (const group of groups) {
      results.push(await measure(group, plan, (step) => bar.increment({ step }), installError));
    }
  } finally {
    bar.stop();
  }
  const targets = judgeTargets(results);
  return {
    at: new Date().toISOString(),
    minutes: (performance.now() - start) / 60_000,
    machine,
    plan,
    groups: results,
    // A few rows show only the targets that they can measure.
    targets: full ? targets : targets.filter(({ measured }) => measured !== undefined),
  };
}

/** The results of the last full benchmark, compared with the targets of today. */
async function lastResults(): Promise<Results> {
  const text = await readFile(latestFile, 'utf8').catch((error) => {
    throw new UserError(`there are no results to report: ${error.message}`);
  });
  const results = JSON.parse(text) as Results;
  return { ...results, targets: judgeTargets(results.groups) };
}

/** Writes `bench/REPORT.md` and its plots; without the packages that draw, the report has none. */
async function writeReport(results: Results): Promise<void> {
  const drawn: Plot[] = [];
  try {
    for (const plot of plotsOf(results.groups)) {
      await writeFile(join(resultsFolder, `${plot.name}.svg`), `${await drawSvg(plot.spec)}\n`);
      drawn.push(plot);
    }
  } catch (error) {
    print(`The plots were not drawn: ${(error as Error).message.split('\n')[0]}`);
  }
  await writeFile(join(benchFolder, 'REPORT.md'), report(results, 'markdown', drawn));
}

function print(line: string): void {
  process.stderr.write(`${line}\n`);
}
