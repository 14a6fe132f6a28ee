import { open, writeFile } from 'node:fs/promises';
import { runCommand } from '../src/cli/command.js';
import { exitCode } from '../src/exit-codes.js';
import { UnusableError } from '../src/unusable.js';
import { lookAtMachine } from './machine.js';
import { command, readOptions } from './options.js';
import { newProgress } from './progress.js';
import { report } from './report.js';
import { measure } from './rounds.js';
import { allHold, summarize } from './summary.js';

// The offices are ended and their folders removed when this process exits, however it does.
// Never `once`: npm passes Ctrl-C on a second time, which would end it amid that.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => process.exit(exitCode.interrupted));
}

await runCommand(command, async () => {
  const { plan, rows, json } = readOptions();
  if (json !== undefined) await refuseUnwritable(json);
  const machine = await lookAtMachine();
  const summary = summarize(await measure(rows, plan, newProgress()));

  process.stdout.write(report(plan, machine, summary));
  if (json !== undefined) {
    const figures = { at: new Date().toISOString(), machine, plan, ...summary };
    await writeFile(json, `${JSON.stringify(figures, null, 2)}\n`);
  }
  return allHold(summary) ? exitCode.fine : exitCode.wrong;
});

/** Nobody should hear after minutes that their figures cannot be written. */
async function refuseUnwritable(path: string): Promise<void> {
  try {
    const file = await open(path, 'a'); // figures of another day stay until there are new ones
    await file.close();
  } catch (error) {
    throw new UnusableError(`--json is ${JSON.stringify(path)}: ${(error as Error).message}`);
  }
}
