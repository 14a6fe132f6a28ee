export const isMark = (traced) => 'mark' in traced;
/** @param at when, on the shared clock */
export function traceStep(pid, step, at) {
    const { name, turn, version, told } = step;
    const buys = step.buys ?? told?.length;
    return {
        pid,
        name,
        turn,
        at,
        ...(version === undefined ? {} : { version }),
        ...(buys === undefined ? {} : { buys }),
        ...(told === undefined ? {} : { told: told.flatMap(answerOf) }),
    };
}
function answerOf(told) {
    switch (told.kind) {
        case 'sold':
            return [{ kind: 'sold', serials: told.serials, left: told.remaining }];
        case 'soldOut':
            return [{ kind: 'soldOut', left: told.remaining }];
        default:
            return [];
    }
}
//# sourceMappingURL=traced-step.js.map