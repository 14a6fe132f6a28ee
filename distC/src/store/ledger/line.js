import { hash } from 'node:crypto';
import { seal, unseal } from './seal.js';
export const FORMAT = 'turnstile-ledger-1';
/** A line without its newline. */
export const printLine = (line) => seal(line);
/** Reads a commit that is whole, or answers `undefined`. */
export function parseCommit(bytes) {
    const line = unseal(bytes);
    const isCommit = line?.prev !== undefined && line.synced !== undefined && line.ops !== undefined;
    return isCommit ? line : undefined;
}
/** Reads line 0, or answers `undefined`. */
export function parseGenesis(bytes) {
    const line = unseal(bytes);
    return line?.format === FORMAT ? line : undefined;
}
/** 128 bits of SHA-256 over a line without its newline. */
export const hashOf = (line) => hash('sha256', line, 'base64url').slice(0, 22);
/** What a commit sold, event by event: the serials of one event are always in a row. */
export function serialsOf({ ops }) {
    const ranges = new Map();
    for (const { event: eventId, first, quantity } of ops) {
        const begin = ranges.get(eventId)?.first ?? first;
        ranges.set(eventId, { eventId, first: begin, last: first + quantity - 1 });
    }
    return [...ranges.values()];
}
