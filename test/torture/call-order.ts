/** A file call or an answer of a process, with the order in which it began and ended. */
export interface RecordedCall {
  readonly call: 'write' | 'datasync' | 'sync' | 'rename' | 'answer';
  /** The file; empty for an answer. */
  readonly path: string;
  /** The new name, of a rename. */
  readonly target?: string;
  /** The open file: a sync of another descriptor does not count. */
  readonly file: number;
  /** The customers in the written line or in the answer. */
  readonly customers: readonly string[];
  readonly began: number;
  readonly ended: number;
}

/** The customers in JSON, one in an answer or a list in a line, which strace may have quoted. */
export const customersIn = (text: string): string[] =>
  [...text.matchAll(/\\?"customers?\\?":\[?((?:\\?"[^"\\]*\\?",?)+)/g)].flatMap(([, list = '']) =>
    [...list.matchAll(/\\?"([^"\\]*)\\?"/g)].map(([, customer]) => customer ?? ''),
  );

/** The ruling on the order of calls. */
export interface OrderRuling {
  /** Answers that came after the sync of their line. */
  readonly commits: number;
  /** Checkpoints that were written in order. */
  readonly checkpoints: number;
  /** The first broken rule, in words. */
  readonly broken?: string;
}

const isLedger = ({ path }: RecordedCall): boolean => path.endsWith('/ledger.jsonl');

/**
 * Judges the order of a ledger's calls. Pure.
 *
 * - A sale: its line is appended, then that file is synced, then its buyer is answered.
 * - A checkpoint: the ledger is synced, then the new file, then it is renamed, then the folder is synced.
 *
 * One call comes before another if it ends before the other begins.
 */
export function judgeOrder(calls: readonly RecordedCall[]): OrderRuling {
  let commits = 0;
  let checkpoints = 0;
  let broken: string | undefined;
  for (const call of calls) {
    if (call.call === 'answer') {
      const [customer = ''] = call.customers;
      if (isSynced(calls, call, customer)) commits++;
      else broken ??= `${customer} was answered before the line was synced`;
    }
    if (call.call === 'rename' && call.target?.endsWith('/tickets.json')) {
      const violation = checkpointViolation(calls, call);
      if (violation === undefined) checkpoints++;
      else broken ??= `a checkpoint was renamed ${violation}`;
    }
  }
  return { commits, checkpoints, ...(broken === undefined ? {} : { broken }) };
}

/** Whether a line with this customer was appended and its file synced, in this order, before the answer. */
function isSynced(calls: readonly RecordedCall[], answer: RecordedCall, customer: string): boolean {
  const line = calls.findLast(
    (each) =>
      each.call === 'write' &&
      isLedger(each) &&
      each.customers.includes(customer) &&
      each.ended < answer.began,
  );
  return (
    line !== undefined &&
    calls.some(
      (each) =>
        each.call === 'datasync' && each.file === line.file && isBetween(each, line, answer),
    )
  );
}

function checkpointViolation(
  calls: readonly RecordedCall[],
  rename: RecordedCall,
): string | undefined {
  const isRename = ({ call, target }: RecordedCall) =>
    call === 'rename' && target === rename.target;
  const earlier = calls.findLast((each) => isRename(each) && each.ended < rename.began);
  const later = calls.find((each) => isRename(each) && each.began > rename.ended);
  const fileSynced = calls.find(
    (each) => each.call === 'sync' && each.path === rename.path && each.ended < rename.began,
  );
  if (fileSynced === undefined) return 'before it was synced';
  const ledgerSynced = calls.some(
    (each) =>
      (each.call === 'datasync' || each.call === 'sync') &&
      isLedger(each) &&
      isBetween(each, earlier, fileSynced),
  );
  if (!ledgerSynced) return 'before the ledger was synced up to it';
  const folder = rename.target?.slice(0, rename.target.lastIndexOf('/'));
  const folderSynced = calls.some(
    (each) => each.call === 'sync' && each.path === folder && isBetween(each, rename, later),
  );
  return folderSynced ? undefined : 'and its folder was not synced';
}

const isBetween = (each: RecordedCall, after?: RecordedCall, before?: RecordedCall): boolean =>
  each.began > (after?.ended ?? Number.NEGATIVE_INFINITY) &&
  each.ended < (before?.began ?? Number.POSITIVE_INFINITY);
