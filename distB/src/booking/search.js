const compare = (a, b) => a.startsAt - b.startsAt || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
/** Finds one page of events in a state. Pure; the state is not changed. */
export function search(state, query) {
    const wanted = query.q?.toLowerCase();
    const found = [];
    for (const [id, event] of Object.entries(state.events)) {
        const position = { startsAt: Date.parse(event.startsAt), id };
        if (query.after !== undefined && compare(position, query.after) <= 0)
            continue;
        if (query.from !== undefined && position.startsAt < query.from)
            continue;
        if (query.to !== undefined && position.startsAt >= query.to)
            continue;
        if (query.available !== undefined && event.remaining > 0 !== query.available)
            continue;
        if (wanted !== undefined && !mentions(event, wanted))
            continue;
        found.push({ position, event });
    }
    found.sort((a, b) => compare(a.position, b.position));
    const page = found.slice(0, query.limit);
    return {
        events: page.map(({ position, event }) => ({ id: position.id, ...event })),
        next: found.length > page.length ? page.at(-1)?.position : undefined,
    };
}
const mentions = (event, wanted) => event.name.toLowerCase().includes(wanted) || event.venue.toLowerCase().includes(wanted);
//# sourceMappingURL=search.js.map