/** A key that is held repeats: it must not press one button after the other. */
export function ignoreHeldEnter(event: KeyboardEvent): void {
  if (event.repeat && event.key === 'Enter') event.preventDefault();
}

/** Of a double click only the first counts: the answer may come between the two. */
export function ignoreRepeatedClick(event: Event): boolean {
  const isRepeated = (event as MouseEvent).detail > 1;
  if (isRepeated) event.preventDefault();
  return isRepeated;
}

/** A listener that ignores the second click of a double click. */
export const once = (listener: () => void) => (event: Event) => {
  if (!ignoreRepeatedClick(event)) listener();
};
