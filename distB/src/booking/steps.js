/** Binds an observer to one turn and its clock. */
export const tellOf = (observe, turn) => (name, detail) => observe({ name, turn, at: performance.now(), ...detail });
