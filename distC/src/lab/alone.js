/**
 * Calls back when the process that started this one is gone, or has let go of it; at once, if it has
 * already: a program is not there yet to hear of it while it is being loaded.
 */
export function whenAlone(callback) {
    process.once('disconnect', callback);
    if (!process.connected)
        callback();
}
//# sourceMappingURL=alone.js.map