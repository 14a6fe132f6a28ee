import { count } from '../timeline/format.js';
import type { Verdict } from '../verdict/judge.js';
import type { HistoryVerdict } from '../verdict/judge-history.js';
import { type LifecycleViolation, lifecycleViolations } from '../verdict/lifecycle.js';
import { type ViolationKind, violationKinds } from '../verdict/violations.js';
import { colorRuling } from './colors.js';

/** Describes the verdict on a recorded history. */
export function describeHistory(folder: string, verdict: HistoryVerdict): string {
  const { requests, sold, refused, searched, unknown, violations, because } = verdict;
  const counts = `${sold} sold, ${refused} refused, ${searched} searched, ${unknown} unknown`;
  const lines = [folder, '', `  ${count(requests, 'request')}: ${counts}`];
  for (const [kind, number] of Object.entries(violations)) {
    lines.push(`  ${String(number).padStart(6)}  ${violationKinds[kind as ViolationKind]}`);
  }
  return [...lines, '', `${colorRuling(verdict.verdict)}: ${because}.`].join('\n');
}

/**
 * Describes the verdict on a folder or a database.
 *
 * @param settled whether the files stayed unchanged while they were read
 */
export function describe(location: string, verdict: Verdict, settled: boolean): string {
  const lines = [location, ''];
  for (const { id, capacity, sold, remaining, oversold, duplicates } of verdict.events) {
    if (sold === 0 && remaining === capacity) continue;
    const problems = [
      ...(oversold > 0 ? [`${oversold} oversold`] : []),
      ...(duplicates > 0 ? [count(duplicates, 'duplicate serial')] : []),
    ];
    const facts = [`${sold} sold of ${capacity}, ${remaining} left`, ...problems];
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
  const problems = [
    countIfAny(lostUpdates, 'lost update'),
    countIfAny(total('duplicates'), 'duplicate serial'),
    countIfAny(total('oversold'), 'ticket', 'oversold'),
    countIfAny(stillOnSale, 'sold ticket', 'still on sale'),
    ...Object.entries(verdict.violations ?? {}).map(
      ([kind, number]) => `${number} ${lifecycleViolations[kind as LifecycleViolation]}`,
    ),
    verdict.damage ?? '',
  ];
  const reasons = {
    holds: [`${count(total('sold'), 'ticket')} sold, each of them once`],
    broken: problems,
    inconclusive: [settled ? 'nothing was sold' : 'the files changed while they were read'],
  }[verdict.verdict];
  const notes = [
    countIfAny(withdrawn, 'ticket', 'off sale without a buyer'),
    countIfAny(skipped, 'line', 'skipped'),
  ];
  return [...reasons, ...notes].filter((text) => text !== '').join(', ');
}

/** `2 lines skipped`; an empty text for 0. */
const countIfAny = (number: number, noun: string, what = ''): string =>
  number > 0 ? `${count(number, noun)} ${what}`.trimEnd() : '';
