/** A listener that does what a key is for; other keys, and those with a modifier, stay the browser's. */
export const keyHandler =
  (keys: Readonly<Record<string, () => void>>) =>
  (event: Event): void => {
    const { key, altKey, ctrlKey, metaKey } = event as KeyboardEvent;
    if (altKey || ctrlKey || metaKey) return;
    const action = Object.hasOwn(keys, key) ? keys[key] : undefined;
    if (action === undefined) return;
    event.preventDefault();
    action();
  };
