/** One sale of a commit. Its serials are `first`, `first + 1`, …; `left` tickets remain after it. */
export interface SoldOp {
  readonly event: string;
  readonly customer: string;
  readonly quantity: number;
  readonly first: number;
  readonly left: number;
  readonly key?: string;
}

/** The sales of one batch, in order. */
export interface ReferenceCommit {
  readonly version: number;
  readonly ops: readonly SoldOp[];
}

/** What was actually sold, in order: every commit of a ledger, from the first. */
export interface ReferenceLog {
  /** Tickets of each event before the first commit. */
  readonly capacities: ReadonlyMap<string, number>;
  readonly commits: readonly ReferenceCommit[];
  /** For how many of the most recent sales the key is remembered; an older key may sell again. */
  readonly keysRemembered: number;
}
