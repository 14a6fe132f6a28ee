import { count } from '../timeline/format.js';
import type { Verdict } from '../verdict/judge.js';
import type { HistoryVerdict } from '../verdict/judge-history.js';
import { type ViolationKind, violationKinds } from '../verdict/violations.js';
import { colorRuling } from './colors.js';

/** The verdict over what clients were told, in words. */
export function describeHistory(folder: string, verdict: HistoryVerdict): string {
  const { requests, sold, refused, searched, unknown, violations, because } = verdict;
  const results = `${sold} told "sold", ${refused} refused, ${searched} searched, ${unknown} unknown`;
  const lines = [folder, '', `  ${count(requests, 'request')}: ${results}`];
  for (const [kind, number] of Object.entries(violations)) {
    lines.push(`  ${String(number).padStart(6)}  ${violationKinds[kind as ViolationKind]}`);
  }
  return [...lines, '', `${colorRuling(verdict.verdict)}: ${because}.`].join('\n');
}

/** The verdict over a folder, in words. */
export function describe(folder: string, verdict: Verdict, settled: boolean): string {
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
  lines.push(`${colorRuling(verdict.verdict)}: ${because(verdict, settled)}.`);
  return lines.join('\n');
}

function because(verdict: Verdict, settled: boolean): string {
  const { lostUpdates, withdrawn, stillOnSale, skipped, events } = verdict;
  const total = (name: 'sold' | 'oversold' | 'duplicates') =>
    events.reduce((sum, event) => sum + event[name], 0);
  const wrong = [
    some(lostUpdates, 'lost update'),
    some(total('duplicates'), 'serial', 'sold again'),
    some(total('oversold'), 'ticket', 'beyond the capacity'),
    some(stillOnSale, 'ticket', 'that somebody has still on sale'),
  ];
  const facts = {
    holds: [`${count(total('sold'), 'ticket')} sold, each of them once`],
    broken: wrong,
    inconclusive: [settled ? 'nothing was sold here' : 'the files would not stand still'],
  }[verdict.verdict];
  const beside = [
    some(withdrawn, 'ticket', 'off sale without a buyer'),
    some(skipped, 'line', 'skipped'),
  ];
  return [...facts, ...beside].filter((fact) => fact !== '').join(', ');
}

/** `2 lines skipped`, or nothing where there are none. */
const some = (number: number, noun: string, what = ''): string =>
  number > 0 ? `${count(number, noun)} ${what}`.trimEnd() : '';
