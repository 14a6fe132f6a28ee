/** A peer's store, as the office's registry holds stores. */
export const peerKind = (own) => ({
    keptIn: 'folder',
    gathersWithoutLock: false, // a buy is a transaction
    mixesLockModes: false,
    lockModes: (ofHost) => ofHost,
    lockModeDefault: 'off',
    keep: async () => ({ close: async () => { } }),
    ...own,
});
/** What was read is durable already, and what a database committed, too. */
export const nothingToWaitFor = Promise.resolve();
//# sourceMappingURL=peer.js.map