/** Serials of one event that a commit sold; they are always in a row. */
export interface SerialRange {
  readonly eventId: string;
  readonly first: number;
  readonly last: number;
}

/** What a chained line says of itself, as anybody may see it: no customer, no order. */
export interface ChainedCommit {
  /** Counted in its chain: there is one for the office, or one for each event. */
  readonly seq: number;
  readonly prev: string;
  /** Missing where a chain is made on several machines, whose processes have the same numbers. */
  readonly pid?: number;
  readonly at: string;
  readonly sold: readonly SerialRange[];
}

/** A line of a store that chains its commits by their hashes. */
export interface ChainLine {
  /** Whether the chain goes through it; a line that was overtaken or torn is skipped. */
  readonly counts: boolean;
  readonly hash: string;
  /** `undefined` for a line that is not whole. */
  readonly commit: ChainedCommit | undefined;
}
