import type { ClientConfig } from 'pg';

/** The address of a database for people: without its password, and without its parameters. */
export function redactedAddress(address: string): string {
  const url = URL.parse(address);
  if (url === null) return 'the database';
  const user = url.username === '' ? '' : `${url.username}@`;
  return `${url.protocol}//${user}${url.host}${url.pathname}`;
}

/** Longest wait for a connection, in milliseconds. */
export const CONNECT_MS_MAX = 3_000;

/** What every connection of ours has in common. */
export const connectionOptions = (address: string): ClientConfig => ({
  connectionString: address,
  application_name: 'turnstile',
  connectionTimeoutMillis: CONNECT_MS_MAX,
  keepAlive: true,
});
