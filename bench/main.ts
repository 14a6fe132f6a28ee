import { open, writeFile } from 'node:fs/promises';
import { runCommand } from '../src/cli/command.js';
import { exitCode } from '../src/exit-codes.js';
import { count } from '../src/timeline/format.js';
import { UserError } from '../src/user-error.js';
import { drawResults } from './draw.js';
import { ensureInstalled } from './install.js';
import { lookAtMachine } from './machine.js';
import { judgeMusts } from './musts.js';
import { command, minutesOf, type Options, readOptions } from './options.js';
import { newProgress } from './progress.js';
import { report } from './report.js';
import { keepResults, lastResults, printResults, type Results } from './results.js';
import { measure } from './rounds.js';
import { allHold, type GroupSummary, summarize } from './summary.js';
import { Templates } from './templates.js';

// The offices are ended and their folders removed when this process exits, however it does.
// Never `once`: npm passes Ctrl-C on a second time, which would end it amid that.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => process.exit(exitCode.interrupted));
}

await runCommand(command, async () => {
  const options = readOptions();
  if (options.json !== undefined) await refuseUnwritable(options.json);
  const missing = options.needsPackages || options.redraw ? ensureInstalled() : undefined;
  if (missing !== undefined) say(missing);

  const results = options.redraw ? await lastResults() : await run(options, missing);
  process.stdout.write(report(results));
  if (options.json !== undefined) await writeFile(options.json, printResults(results));
  if (options.whole) {
    if (!options.redraw) await keepResults(results);
    await drawResults(results, say);
  }
  const { groups, musts } = results;
  const fine = groups.every(allHold) && musts.every(({ held }) => held !== false);
  return fine ? exitCode.ok : exitCode.failed;
});

/** Measures group after group. */
async function run(
  { plan, dependencies, whole }: Options,
  uninstalled: string | undefined,
): Promise<Results> {
  const begun = performance.now();
  const machine = await lookAtMachine();
  say(`It takes about ${count(Math.ceil(minutesOf(plan, dependencies)), 'minute')}.`);
  const groups: GroupSummary[] = [];
  for (const part of dependencies) {
    const templates = new Templates();
    try {
      const group = await part.make(templates);
      const rounds = await measure(group, plan, newProgress(), uninstalled);
      groups.push(summarize(group, rounds));
    } finally {
      templates.remove();
    }
  }
  return {
    at: new Date().toISOString(),
    minutes: (performance.now() - begun) / 60_000,
    machine,
    plan,
    groups,
    musts: whole ? judgeMusts(groups) : [],
  };
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

/** Nobody should hear after minutes that their figures cannot be written. */
async function refuseUnwritable(path: string): Promise<void> {
  try {
    const file = await open(path, 'a'); // figures of another day stay until there are new ones
    await file.close();
  } catch (error) {
    throw new UserError(`--json is ${JSON.stringify(path)}: ${(error as Error).message}`);
  }
}
