import type { Ask } from './load.js';
import type { Row } from './row.js';

/** An office that is measured. */
export interface OfficePlan {
  readonly row: Row;
  readonly workers: number;
  /** The folder that its own begins as a copy of; else it begins with the packaged events. */
  readonly from?: string;
}

/** One load on one office, measured once in each round. Cases may share an office. */
export interface Case {
  /** The row of the table, or the line of the plot. */
  readonly series: string;
  /** Where on the axis: connections, workers, tickets sold or events, as the group has it. */
  readonly at: number;
  readonly office: OfficePlan;
  readonly connections: number;
  /** What is asked, where it is not one ticket; made when the office listens. */
  readonly ask?: (url: URL) => Promise<Ask>;
}

/** Cases that are measured in the same rounds, so that ratios between them mean something. */
export interface Group {
  readonly name: string;
  /** What `at` counts. */
  readonly axis: string;
  /** The place of the axis whose rows are a table, if they are one. */
  readonly tableAt?: number;
  readonly cases: readonly Case[];
}
