import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { type Settings, SettingsError } from '../settings.js';

/**
 * The port to listen on. For `PORT=0` a free one is found before the first worker starts, because a
 * worker that replaces the last one must listen on the same port.
 *
 * @throws SettingsError when the address cannot be used
 */
export async function resolvePort({ HOST, PORT }: Settings): Promise<number> {
  if (PORT !== 0) return PORT;
  const server = createServer();
  try {
    await once(server.listen(0, HOST), 'listening');
  } catch (error) {
    throw addressError(error as NodeJS.ErrnoException, HOST, PORT);
  }
  const { port } = server.address() as AddressInfo;
  await once(server.close(), 'close');
  return port;
}

/** An error of `listen` as a SettingsError, if the address is the reason. */
export function addressError(error: NodeJS.ErrnoException, host: string, port: number): Error {
  switch (error.code) {
    case 'EADDRINUSE':
      return new SettingsError('PORT', String(port), 'a port that is not in use');
    case 'EACCES':
      return new SettingsError('PORT', String(port), 'a port that this user may listen on');
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return new SettingsError('HOST', host, 'an address of this machine');
    default:
      return error;
  }
}
