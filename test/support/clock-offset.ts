const RealDate = Date;

/** Shifts this process's wall clock by so many milliseconds. Its monotonic clock is not affected. */
export function setClockOffset(ms: number): void {
  const now = (): number => RealDate.now() + ms;
  globalThis.Date = new Proxy(RealDate, {
    construct: (target, parameters, self) =>
      Reflect.construct(target, parameters.length === 0 ? [now()] : parameters, self),
    get: (target, name) => (name === 'now' ? now : Reflect.get(target, name)),
  });
}
