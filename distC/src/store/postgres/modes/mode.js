/** The rows are locked where they are, so that a lock around the section has nothing left to do. */
export const inTheDatabase = async () => ({
    run: (section) => section(),
    close: async () => { },
});
/** Writes back what is left of each event. */
export const writeBack = (text, { commits }) => ({
    text,
    values: [JSON.stringify(commits)],
});
/** Writes the sales of a batch. */
export const writeAll = (text, { commits, orders }, { exclusive }) => ({ text, values: [JSON.stringify(commits), JSON.stringify(orders), exclusive] });
