/** Waits for all, even when one fails: what goes on after its round has ended is in the next one's way. */
export async function sideBySide(works) {
    await Promise.allSettled(works);
    return Promise.all(works);
}
//# sourceMappingURL=side-by-side.js.map