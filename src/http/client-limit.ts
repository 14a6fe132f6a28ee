import { isIP } from 'node:net';

/** Bounds how much one client may use at once, so that it leaves room for others. */
export class ClientLimit {
  readonly #max: number;
  readonly #counts = new Map<string, number>();

  /** @param max places per client */
  constructor(max: number) {
    this.#max = max;
  }

  /** Takes a place, and returns the function that gives it back; `undefined` if all are taken. */
  enter(address: string): (() => void) | undefined {
    const client = clientOf(address);
    const count = this.#counts.get(client) ?? 0;
    if (count >= this.#max) return undefined;
    this.#counts.set(client, count + 1);
    return () => this.#leave(client);
  }

  #leave(client: string): void {
    const count = (this.#counts.get(client) ?? 0) - 1;
    if (count > 0) this.#counts.set(client, count);
    else this.#counts.delete(client); // the map has only clients that use something
  }
}

/** An IPv4 address, or the /64 of an IPv6 address: one client has a whole /64. */
export function clientOf(address: string): string {
  const [, mapped] = /^::ffff:([\d.]+)$/i.exec(address) ?? [];
  if (mapped !== undefined) return mapped;
  if (isIP(address) !== 6) return address;
  const [before = '', after] = address.replace(/%.*$/, '').toLowerCase().split('::');
  const groups = before === '' ? [] : before.split(':');
  if (after !== undefined) {
    const tail = after === '' ? 0 : after.split(':').length;
    while (groups.length < 8 - tail) groups.push('0');
  }
  return groups.slice(0, 4).join(':');
}
