export const ceilingName = 'ceiling';
/** The row cannot be measured here, and why. */
export class NotRunError extends Error {
    name = 'NotRunError';
}
//# sourceMappingURL=row.js.map