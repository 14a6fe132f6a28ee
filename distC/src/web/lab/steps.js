/** What the file said at any moment, put together from what was written when. */
export class FileStory {
    #writes;
    #first;
    constructor({ lanes, setting }) {
        const turns = lanes.flatMap((lane) => lane.turns);
        const wrote = turns.flatMap((turn) => (turn.wrote === undefined ? [] : [turn.wrote]));
        this.#writes = wrote.toSorted((a, b) => a.at - b.at);
        const versions = turns.flatMap(({ read }) => (read === undefined ? [] : [read.version]));
        this.#first = {
            left: setting.capacity,
            version: Math.min(...versions, Number.MAX_SAFE_INTEGER),
        };
    }
    at(moment) {
        return this.#writes.findLast(({ at }) => at <= moment) ?? this.#first;
    }
    step(turn, span) {
        return {
            span,
            turn,
            file: { before: this.at(span.start), after: this.at(span.end) },
            belief: { before: beliefAt(turn, span.start), after: beliefAt(turn, span.end) },
        };
    }
}
function beliefAt({ read, wrote }, moment) {
    if (wrote !== undefined && wrote.at <= moment)
        return wrote;
    return read !== undefined && read.at <= moment ? read : undefined;
}
