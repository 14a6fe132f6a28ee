const nextTick = () => new Promise((resolve) => setImmediate(resolve));
/**
 * A disk with one file. It knows which bytes a sync has covered; the rest is what a power cut may
 * take. Between every call, its effect and its answer others have a turn.
 */
export class MemoryDisk {
    bytes;
    synced;
    #turn;
    constructor(bytes = Buffer.alloc(0), turn = nextTick) {
        this.bytes = bytes;
        this.synced = bytes.length;
        this.#turn = turn;
    }
    /** A handle that reads and appends. */
    open() {
        return {
            read: async (buffer, offset, length, position) => {
                await this.#turn();
                const found = this.bytes.subarray(position, position + length);
                found.copy(buffer, offset);
                return { bytesRead: found.length };
            },
            write: async (bytes) => {
                await this.#turn();
                this.bytes = Buffer.concat([this.bytes, bytes]);
                await this.#turn();
                return { bytesWritten: bytes.length };
            },
            datasync: async () => {
                const { length } = this.bytes;
                await this.#turn();
                this.synced = Math.max(this.synced, length); // what was written since may be lost
                await this.#turn();
            },
            close: async () => { },
        };
    }
}
/** A file that stands still. Whoever reads it need not wait. */
export const still = (bytes) => ({
    read: async (buffer, offset, length, position) => {
        const found = bytes.subarray(position, position + length);
        found.copy(buffer, offset);
        return { bytesRead: found.length };
    },
});
//# sourceMappingURL=memory-disk.js.map