import { constants, readSync, writeSync, fdatasyncSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { ledgerIn } from './paths.js';
/** `ledger.jsonl`, open to sell from. */
export class OpenLedger {
    #handle;
    /**
     * The newest lines, which others wrote just now. They are read at once, as a line is written at
     * once: the page cache takes microseconds. A thread would answer when the event loop comes round
     * to it, milliseconds later under load, and all that time the lock is held.
     */
    tail = {
        read: async (buffer, offset, length, position) => ({
            bytesRead: readSync(this.#handle.fd, buffer, offset, length, position),
        }),
    };
    constructor(handle) {
        this.#handle = handle;
    }
    static async open(folder) {
        // Not 'a+': that would make an empty ledger where there is none.
        return new OpenLedger(await open(ledgerIn(folder), constants.O_RDWR | constants.O_APPEND));
    }
    /** Reads from anywhere: what is old lies on the disk, so a thread waits for it. */
    read(...where) {
        return this.#handle.read(...where);
    }
    async write(bytes) {
        return writeSync(this.#handle.fd, bytes);
    }
    async datasync() {
        return fdatasyncSync(this.#handle.fd);
    }
    close() {
        return this.#handle.close();
    }
}
