/**
 * Calls back when the process that started this one is gone, or has let go of it; at once, if it has
 * already: a program is not there yet to hear of it while it is being loaded.
 */
export function onParentExit(callback: () => void): void {
  process.once('disconnect', callback);
  if (!process.connected) callback();
}
