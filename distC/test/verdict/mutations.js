import { isRefusal, isSale, isSearch, } from '../../src/verdict/recorded.js';
import { foundIn } from './scripted-office.js';
const pickOf = (items, pick) => items[pick % items.length];
/** The history with other requests in the place of some. */
function withRequests(played, changed) {
    const byId = new Map(changed.map((request) => [request.id, request]));
    const requests = played.history.requests.map((request) => byId.get(request.id) ?? request);
    return { ...played, history: { ...played.history, requests } };
}
/** Two sales of different tickets, the earlier version first. */
function twoSales({ history: { requests } }, pick, alike) {
    const sales = requests.filter(isSale);
    const pairs = sales.flatMap((a) => sales
        .filter((b) => a.answer.remaining > b.answer.remaining && alike(a, b))
        .map((b) => [a, b]));
    return pickOf(pairs, pick);
}
const inTwoVersions = (a, b) => a.answer.version !== b.answer.version;
export const mutations = [
    {
        name: 'a ticket that two were told is theirs',
        mutate: (played, pick) => {
            const two = twoSales(played, pick, (a, b) => a.answer.quantity === b.answer.quantity);
            if (two === undefined)
                return undefined;
            const [{ answer }, later] = two;
            const { serials, remaining, version } = answer;
            const copied = { ...later.answer, serials, remaining, version };
            return withRequests(played, [{ ...later, answer: copied }]);
        },
    },
    {
        name: 'versions that two sales exchanged',
        mutate: (played, pick) => {
            const two = twoSales(played, pick, inTwoVersions);
            if (two === undefined)
                return undefined;
            const [a, b] = two;
            return withRequests(played, [
                { ...a, answer: { ...a.answer, version: b.answer.version } },
                { ...b, answer: { ...b.answer, version: a.answer.version } },
            ]);
        },
    },
    {
        name: 'tickets that two buyers exchanged',
        stricter: 'the search does not know whose ticket it is, as long as both buyers were there',
        mutate: (played, pick) => {
            const two = twoSales(played, pick, (a, b) => a.answer.quantity === b.answer.quantity);
            if (two === undefined)
                return undefined;
            const [a, b] = two;
            const swapped = (to, { answer }) => {
                const { serials, remaining, version } = answer;
                return { ...to, answer: { ...to.answer, serials, remaining, version } };
            };
            return withRequests(played, [swapped(a, b), swapped(b, a)]);
        },
    },
    {
        name: 'a commit that the ledger lost',
        stricter: 'the search does not know the ledger',
        mutate: (played, pick) => {
            const { commits } = played.witness;
            if (commits.length === 0)
                return undefined;
            const kept = commits.filter((_, index) => index !== pick % commits.length);
            return { ...played, witness: { ...played.witness, commits: kept } };
        },
    },
    {
        name: 'a search that was answered from an older state',
        mutate: (played, pick) => {
            const later = played.history.requests.filter(isSearch).filter((r) => r.answer.version > 0);
            const search = pickOf(later, pick);
            if (search === undefined)
                return undefined;
            const state = played.states[pick % search.answer.version];
            return state && withRequests(played, [{ ...search, answer: foundIn(state) }]);
        },
    },
    {
        name: 'a refusal while enough were left',
        mutate: (played, pick) => {
            const sale = pickOf(played.history.requests.filter(isSale), pick);
            if (sale === undefined)
                return undefined;
            const { quantity, remaining } = sale.answer;
            const answer = { status: 409, requested: quantity, remaining: remaining + quantity };
            return withRequests(played, [{ ...sale, answer }]);
        },
    },
    {
        name: 'a refusal with another number of tickets left',
        stricter: 'the search may take half of a commit for a state that somebody was told of',
        mutate: (played, pick) => {
            const many = played.history.requests.filter(isRefusal).filter((r) => r.answer.requested > 1);
            const refusal = pickOf(many, pick);
            if (refusal === undefined)
                return undefined;
            const { requested, remaining } = refusal.answer;
            const other = (remaining + 1 + (pick % (requested - 1))) % requested;
            return withRequests(played, [
                { ...refusal, answer: { ...refusal.answer, remaining: other } },
            ]);
        },
    },
    {
        name: 'a sale that was answered before an earlier one was asked for',
        mutate: (played, pick) => {
            // With a key, an earlier request may have bought what either was told of.
            const keyed = ({ question }) => question.key !== undefined;
            const apart = (a, b) => inTwoVersions(a, b) && !keyed(a) && !keyed(b);
            const two = twoSales(played, pick, apart);
            if (two === undefined)
                return undefined;
            const [first, later] = two;
            const { sentAt } = first;
            return withRequests(played, [{ ...later, sentAt: sentAt - 2, answeredAt: sentAt - 1 }]);
        },
    },
];
//# sourceMappingURL=mutations.js.map