/** No lock at all: every section runs at once. */
export const off = {
    scope: 'nothing',
    about: 'no lock: watch it oversell',
    open: async () => ({
        run: (section) => section(),
        close: async () => { },
    }),
};
