import type { RaceVerb } from '../timeline/report.js';

/** What both processes of a lost update did. */
export const bothDid: Readonly<Record<RaceVerb, string>> = {
  hold: 'both held tickets',
  confirm: 'both answered that it was done, a confirmation or a sale',
  cancel: 'both cancelled the order',
  admit: 'both admitted the owner of the ticket',
  edit: 'both answered that it was done, an edit or a sale',
  deliver: 'both sent the message',
  claim: 'both sent the message',
  oppositeLocks: 'both moved a ticket',
  sortedLocks: 'both moved a ticket',
  sameLock: 'both moved a ticket',
};

/** When a consumer of a queue was killed. */
export const diedWhen: Readonly<Partial<Record<RaceVerb, string>>> = {
  deliver: 'after it had sent its message, and before it moved the cursor',
  claim: 'after it had moved the cursor, and before it sent the message',
};
