/** Another batch has written the event since it was read; nothing was sold. */
export class OvertakenError extends Error {}

/** COMMIT was sent but not answered: it may have been executed. */
export class CommitUnknownError extends Error {}
