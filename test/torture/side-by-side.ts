/** Waits for all, even when one fails: what goes on after its round has ended is in the next one's way. */
export async function sideBySide<T>(works: readonly Promise<T>[]): Promise<T[]> {
  await Promise.allSettled(works);
  return Promise.all(works);
}
