import { resolve } from 'node:path';
import { readSettings } from '../settings.js';
import { stores } from '../store/registry.js';
import { UnusableError } from '../unusable.js';
import { judge, type Verdict } from '../verdict/judge.js';
import { newCommand, runCommand } from './command.js';
import { count, paintRuling } from './paint.js';
import { exitCodeOfRuling } from './ruling.js';

const command = newCommand('verdict', 'Judges what was sold in a folder, open or not.')
  .argument('[folder]', 'the folder of an office (default: DATA_DIR)')
  .option('--json', 'print the counts as JSON')
  .addHelpText('after', '\nExit code: 0 holds, 1 broken, 2 bad folder, 3 inconclusive.');

await runCommand(command, async () => {
  const settings = readSettings();
  const folder = resolve(command.args[0] ?? settings.DATA_DIR);
  const history = await stores[settings.STORE].history(folder).catch((error) => {
    if (error.code === 'ENOENT') throw new UnusableError(`${folder} holds no ticket file`);
    throw error;
  });
  const verdict = judge(history);
  const { json } = command.opts<{ json?: boolean }>();
  const text = json
    ? JSON.stringify({ folder, ...verdict })
    : describe(folder, verdict, history.settled);
  process.stdout.write(`${text}\n`);
  return exitCodeOfRuling[verdict.verdict];
});

function describe(folder: string, verdict: Verdict, settled: boolean): string {
  const lines = [folder, ''];
  for (const { id, capacity, sold, remaining, oversold, duplicates } of verdict.events) {
    if (sold === 0 && remaining === capacity) continue;
    const wrong = [
      ...(oversold > 0 ? [`${oversold} too many`] : []),
      ...(duplicates > 0 ? [`${count(duplicates, 'serial')} sold again`] : []),
    ];
    const facts = [`${sold} sold of ${capacity}, ${remaining} left`, ...wrong];
    lines.push(`  ${id.padEnd(20)} ${facts.join(', ')}`);
  }
  if (lines.length > 2) lines.push('');
  lines.push(`${paintRuling(verdict.verdict)}: ${because(verdict, settled)}.`);
  return lines.join('\n');
}

function because(verdict: Verdict, settled: boolean): string {
  const { lostUpdates, withdrawn, events } = verdict;
  const total = (name: 'sold' | 'oversold' | 'duplicates') =>
    events.reduce((sum, event) => sum + event[name], 0);
  const facts = {
    holds: [`${count(total('sold'), 'ticket')} sold, each of them once`],
    broken: [
      `${count(lostUpdates, 'lost update')}`,
      `${count(total('duplicates'), 'serial')} sold again`,
      `${count(total('oversold'), 'ticket')} beyond the capacity`,
    ],
    inconclusive: [settled ? 'nothing was sold here' : 'the files would not stand still'],
  }[verdict.verdict];
  const lost = withdrawn > 0 ? [`${count(withdrawn, 'ticket')} withdrawn by a crash`] : [];
  return [...facts, ...lost].join(', ');
}
