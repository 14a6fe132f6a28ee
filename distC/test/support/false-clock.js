const Real = Date;
/** Puts this process's clock so far ahead of the machine's, or behind. Its monotonic clock goes on as before. */
export function setClock(ms) {
    const now = () => Real.now() + ms;
    globalThis.Date = new Proxy(Real, {
        construct: (target, parameters, self) => Reflect.construct(target, parameters.length === 0 ? [now()] : parameters, self),
        get: (target, name) => (name === 'now' ? now : Reflect.get(target, name)),
    });
}
//# sourceMappingURL=false-clock.js.map