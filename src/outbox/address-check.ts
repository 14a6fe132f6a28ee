import { lookup as resolveName } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';

/** The host of a webhook is one that only this machine or its network reaches. */
export class PrivateAddressError extends Error {
  readonly code = 'PRIVATE_ADDRESS';

  constructor(host: string) {
    super(`${host} is a private address (WEBHOOK_ALLOW_PRIVATE=1 allows it)`);
  }
}

/** Everything that is not the public internet: RFC 6890 and the registries that it began. */
const privateRanges: readonly (readonly [network: string, prefix: number])[] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10], // shared by customers of a provider
  ['127.0.0.0', 8],
  ['169.254.0.0', 16], // link-local, with the metadata of clouds
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
  ['::', 96], // unspecified, loopback, and IPv4 in its old notation
  ['64:ff9b::', 96], // translated to IPv4, also to a private address
  ['64:ff9b:1::', 48],
  ['100::', 64],
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16], // tunnelled to IPv4
  ['3fff::', 20],
  ['5f00::', 16],
  ['fc00::', 7],
  ['fe80::', 10],
  ['fec0::', 10],
  ['ff00::', 8],
];

const blocked = new BlockList();
for (const [network, prefix] of privateRanges) {
  blocked.addSubnet(network, prefix, isIP(network) === 4 ? 'ipv4' : 'ipv6');
}

/** Whether an IP address is outside the public internet. IPv4 inside IPv6 counts as IPv4. */
export function isPrivateAddress(address: string): boolean {
  const [withoutZone = ''] = address.split('%');
  const family = isIP(withoutZone);
  return family === 0 || blocked.check(withoutZone, family === 4 ? 'ipv4' : 'ipv6');
}

/**
 * Resolves a name for a connection, and leaves private addresses out. What is checked is what is
 * connected to: a name that is resolved twice may have another address the second time.
 *
 * @param resolve the resolver of the system; tests have their own
 */
export const publicLookup =
  (resolve: typeof resolveName = resolveName): LookupFunction =>
  (hostname, options, callback) => {
    resolve(hostname, { ...options, all: true }, (error, addresses) => {
      if (error !== null) return callback(error, '');
      const found = addresses.filter(({ address }) => !isPrivateAddress(address));
      const [first] = found;
      if (first === undefined) return callback(new PrivateAddressError(hostname), '');
      if (options.all) return callback(null, found);
      callback(null, first.address, first.family);
    });
  };

/**
 * For a URL whose host is an address: no name is resolved then.
 *
 * @throws PrivateAddressError
 */
export function rejectPrivateHost({ hostname }: URL): void {
  const host = hostname.replace(/^\[|\]$/g, '');
  if (isIP(host) !== 0 && isPrivateAddress(host)) throw new PrivateAddressError(host);
}
