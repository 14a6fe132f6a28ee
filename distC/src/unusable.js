import { exitCode } from './exit-codes.js';
/** What somebody can mend: a setting, an argument or a folder. The message is one line for people. */
export class UnusableError extends Error {
    /** How the process ends. */
    exitCode = exitCode.unusable;
    constructor(message) {
        super(message);
        this.name = new.target.name;
    }
}
/** How a process ends that this error keeps from going on. */
export const exitCodeFor = (error) => error instanceof UnusableError ? error.exitCode : exitCode.unusable;
const mendable = new Set([
    'EACCES',
    'EPERM',
    'EROFS',
    'ENOTDIR',
    'EEXIST',
    'EISDIR',
    'ENOSPC',
    'EDQUOT',
    'ENAMETOOLONG',
    'ELOOP',
]);
/** The line for people, if somebody can mend the error; otherwise it is a fault of ours. */
export function lineFor(error) {
    if (error instanceof UnusableError)
        return error.message;
    const { code, path, message } = error;
    if (code === undefined || !mendable.has(code))
        return undefined;
    return `${path ?? 'the folder'} cannot be used: ${message}`;
}
