import { ms, number } from './format.js';
import type { Figures, Run } from './report.js';

/** One figure of a run, ready to be shown. */
export interface FigureRow {
  readonly name: keyof Figures | 'answers';
  readonly label: string;
  readonly value: string;
  /** The figure shows that a promise is broken. */
  readonly isViolation: boolean;
}

/** The figures that say something also where the clients do not buy. */
const ofEveryVerb: ReadonlySet<FigureRow['name']> = new Set(['lostUpdates', 'skipped', 'batches']);

/** The figures of a run in the order in which they are shown, without those that do not apply to it. */
export function figureRows({
  figures,
  setting,
  answers,
}: Pick<Run, 'figures' | 'setting' | 'answers'>): FigureRow[] {
  const { toldSold, capacity, remaining, lockWaitMs } = figures;
  const row = (
    name: Exclude<keyof Figures, 'lockWaitMs'>,
    label: string,
    isViolation = false,
  ): FigureRow => ({ name, label, value: number(Math.round(figures[name])), isViolation });
  const violation = (name: Parameters<typeof row>[0], label: string) =>
    row(name, label, figures[name] > 0);
  const rows = [
    row(
      'toldSold',
      `${setting.quantity === 1 ? 'buyers' : 'tickets'} told "sold"`,
      toldSold > capacity,
    ),
    row('toldSoldOut', 'buyers told "sold out"'),
    row('unknown', 'no answer'),
    row('capacity', 'tickets available'),
    row('remaining', 'tickets left on record', toldSold + remaining > capacity),
    violation('oversold', 'oversold'),
    violation('duplicates', 'duplicates'),
    violation('lostUpdates', 'lost updates'),
    row('withdrawn', 'neither sold nor for sale'),
    row('skipped', 'ledger lines skipped'),
    row('buysPerSecond', 'buys per second'),
    row('batches', 'batches'),
  ];
  const shown = rows.filter(({ name }) => {
    if (answers !== undefined) return ofEveryVerb.has(name);
    if (name === 'unknown' || name === 'withdrawn') return figures[name] > 0;
    return name !== 'skipped' || setting.store === 'ledger';
  });
  const others = (answers ?? []).map(
    ({ name: label, value }): FigureRow => ({ name: 'answers', label, value, isViolation: false }),
  );
  shown.unshift(...others);
  if (lockWaitMs === undefined) return shown;
  const waits = `${ms(lockWaitMs.p50)} / ${ms(lockWaitMs.p99)}`;
  return [
    ...shown,
    { name: 'lockWaitMs', label: 'lock wait, p50 / p99', value: waits, isViolation: false },
    row('overtakings', 'overtakings'),
  ];
}
