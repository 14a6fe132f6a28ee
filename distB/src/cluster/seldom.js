/** What goes on and on is said once in this time. */
const AGAIN_MS = 10_000;
/**
 * Says the first of a kind at once and then one in a while, with how many were kept back meanwhile: a
 * full disk fails every batch, and a thousand lines a second would only fill it more. Kinds are few
 * and known; nothing that a client sends may be one.
 */
export class Seldom {
    #kinds = new Map();
    #now;
    constructor(now = () => performance.now()) {
        this.#now = now;
    }
    say(kind, say) {
        const now = this.#now();
        const last = this.#kinds.get(kind);
        if (last !== undefined && now - last.saidAt < AGAIN_MS) {
            last.keptBack++;
            return;
        }
        this.#kinds.set(kind, { saidAt: now, keptBack: 0 });
        say(last?.keptBack ?? 0);
    }
}
//# sourceMappingURL=seldom.js.map