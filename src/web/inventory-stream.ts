import { Backoff } from './backoff.js';

/** The number of remaining tickets of each event that changed. */
export interface InventoryUpdate {
  readonly remaining: Readonly<Record<string, number>>;
}

export interface StreamListener {
  /** The stream is open. Changes before this moment were missed and must be fetched. */
  readonly onOpen: () => void;
  readonly onUpdate: (update: InventoryUpdate) => void;
  /** A sale began or ended, or events were created, changed or removed. */
  readonly onEventsChanged: () => void;
  readonly onLost: () => void;
}

/**
 * Subscribes to the number of remaining tickets while the page is visible. (Browsers allow few
 * connections per host, so a hidden tab should not hold one.)
 *
 * @returns a function that ends the subscription
 */
export function subscribeToInventory(listener: StreamListener): () => void {
  const { onOpen, onUpdate, onEventsChanged, onLost } = listener;
  const backoff = new Backoff();
  let source: EventSource | undefined;
  const open = () => {
    const opened = new EventSource('/stream');
    source = opened;
    opened.addEventListener('hello', () => {
      backoff.reset();
      onOpen();
    });
    opened.addEventListener('counts', ({ data }) => onUpdate(JSON.parse(data) as InventoryUpdate));
    opened.addEventListener('sales', onEventsChanged);
    opened.addEventListener('edits', onEventsChanged);
    opened.addEventListener('error', () => {
      onLost();
      // A browser reconnects after a lost connection, but never after an answer such as 503.
      if (opened.readyState === EventSource.CLOSED) backoff.retry(open);
    });
  };
  const close = () => {
    backoff.reset();
    source?.close();
    source = undefined;
  };
  const openWhileVisible = () => {
    if (document.hidden) close();
    else if (source === undefined) open();
  };
  document.addEventListener('visibilitychange', openWhileVisible);
  openWhileVisible();
  return () => {
    document.removeEventListener('visibilitychange', openWhileVisible);
    close();
  };
}
