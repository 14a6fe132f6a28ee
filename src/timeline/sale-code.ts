import type { SteppedProcess, SteppedStatus } from './stepped-run.js';

/** A line of the code that sells, and the step of a process that it is. */
export interface CodeLine {
  readonly code: string;
  /** `read`, `decide`, …; missing of a line that is no step. */
  readonly step?: string;
  /** Of `lock` and `unlock`: how many locks are around this one. */
  readonly depth?: number;
}

export interface SaleCode {
  /** Where the code is. */
  readonly source: string;
  readonly lines: readonly CodeLine[];
}

/** The body of `sell` in the json store, without `this.#`; a test compares them. */
export const jsonSale: SaleCode = {
  source: 'sell, in src/store/json/store.ts',
  lines: [
    { code: 'const before = await tickets.read();', step: 'read' },
    { code: 'await pause();' },
    {
      code: 'const { outcomes, changed, after, at } = decide(before, commands, now());',
      step: 'decide',
    },
    { code: 'if (changed) await tickets.replace(after);', step: 'write' },
    { code: 'return receipts.append(outcomes, at);', step: 'tell' },
  ],
};

const ledger: SaleCode = {
  source: 'sell, in src/store/ledger/store.ts, shortened',
  lines: [
    { code: 'do {' },
    { code: '  await ledger.catchUp();', step: 'read' },
    { code: '  decided = decide(ledger.state, commands);', step: 'decide' },
    { code: '  line = await ledger.append(decided, ledger.head);', step: 'write' },
    { code: '} while (!(await ledger.counts(line)));', step: 'check' },
    { code: 'return answer(decided);', step: 'tell' },
  ],
};

const twoLocks: SaleCode = {
  source: 'a sale that needs two locks',
  lines: [
    { code: 'await first.run(async () => {', step: 'lock', depth: 0 },
    { code: '  await second.run(async () => {', step: 'lock', depth: 1 },
    { code: '    await store.sell(commands);', step: 'sell' },
    { code: '  });', step: 'unlock', depth: 1 },
    { code: '});', step: 'unlock', depth: 0 },
  ],
};

/** The code that the processes of a run go through. */
export function saleCode({
  setting: { store, lockMode },
  processes,
}: Pick<SteppedStatus, 'setting' | 'processes'>): SaleCode {
  if (processes.some(({ locks }) => locks !== undefined)) return twoLocks;
  const code = store === 'ledger' ? ledger : jsonSale;
  if (lockMode === 'off') return code;
  const indented = code.lines.map((line) => ({ ...line, code: `  ${line.code}` }));
  return {
    ...code,
    lines: [
      { code: 'await lock.run(async () => {', step: 'lock', depth: 0 },
      ...indented,
      { code: '});', step: 'unlock', depth: 0 },
    ],
  };
}

/**
 * The line of the next step of a process, or the one at which it waits.
 *
 * @returns its index; -1 if the process has ended, or its step is none of the lines
 */
export function lineOf({ lines }: SaleCode, process: SteppedProcess): number {
  const { next, waitingFor, holds } = process;
  const step = waitingFor === undefined ? next?.split(' ')[0] : 'lock';
  const depth = step === 'unlock' ? holds.length - 1 : holds.length;
  return lines.findIndex(
    (line) => step !== undefined && line.step === step && (line.depth ?? depth) === depth,
  );
}
