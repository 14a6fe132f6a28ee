/** How a process of ours ends; the same for every command. */
export const exitCode = {
    fine: 0,
    /** Something is wrong: a verdict is broken, or workers keep dying. */
    wrong: 1,
    /** A setting, an argument or a folder that cannot be used. */
    unusable: 2,
    /** Nothing was proved. */
    inconclusive: 3,
    /** A ledger says what cannot be true. */
    damaged: 3,
    /** A sync failed: what the page cache says is no evidence any more. */
    syncFailed: 4,
    /** No database answers. */
    noDatabase: 5,
    interrupted: 130,
};
/** Faults after which nobody may go on selling, and how the office ends then. */
export const exitCodeOfFault = {
    SYNC_FAILED: exitCode.syncFailed,
    DAMAGED: exitCode.damaged,
};
