import { serverUrl } from '../server-address.js';
import { readSettings } from '../settings.js';
import { UserError } from '../user-error.js';

/** The server of HOST and PORT. */
export function localServer(): URL {
  const { HOST, PORT } = readSettings();
  return serverUrl(HOST, PORT);
}

/**
 * Parses `--url`.
 *
 * @throws UserError with what it takes
 */
export function parseServerUrl(text: string): URL {
  if (URL.canParse(text) && /^https?:/i.test(text)) {
    const url = new URL(text);
    if (url.href === `${url.origin}/`) return url; // no user, path or query, which would be ignored
  }
  throw new UserError(`--url is ${JSON.stringify(text)}: it takes http://host:port`);
}
