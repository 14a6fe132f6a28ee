/** Somebody else has written the event since it was read; nothing was sold. */
export class OvertakenError extends Error {
}
/** COMMIT was sent, and no answer to it came: it may have been done. */
export class CommitUnknownError extends Error {
}
