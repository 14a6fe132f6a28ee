import type { ClientConfig } from 'pg';

/** The URL of a database for people: without its password and its parameters. */
export function redactedAddress(address: string): string {
  const url = URL.parse(address);
  if (url === null) return 'the database';
  const user = url.username === '' ? '' : `${url.username}@`;
  return `${url.protocol}//${user}${url.host}${url.pathname}`;
}

/** The longest wait for a connection, in milliseconds. */
export const CONNECT_MS_MAX = 3_000;

/** The options that every connection shares. */
export const connectionOptions = (address: string): ClientConfig => ({
  connectionString: address,
  application_name: 'turnstile',
  connectionTimeoutMillis: CONNECT_MS_MAX,
  keepAlive: true,
});
