import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { type Settings, SettingsError } from '../settings.js';

/**
 * The port to listen on. A free one is found here, before the first worker starts: whoever takes the
 * place of the last worker must listen where that one did.
 *
 * @throws SettingsError when there is no such address
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

/** An address that cannot be had is the setting's fault, in words. */
export function addressError(error: NodeJS.ErrnoException, host: string, port: number): Error {
  switch (error.code) {
    case 'EADDRINUSE':
      return new SettingsError('PORT', String(port), 'a port that nobody else listens on');
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
