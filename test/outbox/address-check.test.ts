import type { lookup } from 'node:dns';
import { describe, expect, test } from 'vitest';
import {
  isPrivateAddress,
  publicLookup,
  rejectPrivateHost,
} from '../../src/outbox/address-check.js';

const privateAddresses = [
  ...['127.0.0.1', '127.9.9.9', '10.1.2.3', '172.16.0.1', '172.31.255.255', '192.168.1.1'],
  ...['169.254.169.254', '100.64.0.1', '0.0.0.0', '224.0.0.1', '255.255.255.255', '198.18.0.1'],
  ...['::', '::1', 'fe80::1', 'fe80::1%eth0', 'fd00::1', 'ff02::1', '::ffff:127.0.0.1'],
  ...['::ffff:10.0.0.1', '64:ff9b::7f00:1', '2002:7f00:1::', '::127.0.0.1', '2001:db8::1'],
];
const publicAddresses = [
  ...['1.1.1.1', '93.184.216.34', '172.15.0.1', '172.32.0.1', '100.128.0.1', '192.169.0.1'],
  ...['2606:4700::1111', '::ffff:1.1.1.1', '2a00:1450:4001::1'],
];

describe('an address', () => {
  test.each(privateAddresses)('%s is private', (address) => {
    expect(isPrivateAddress(address)).toBe(true);
  });
  test.each(publicAddresses)('%s is public', (address) => {
    expect(isPrivateAddress(address)).toBe(false);
  });
  test('that is none counts as private', () => {
    expect(isPrivateAddress('example.org')).toBe(true);
  });
});

/** A resolver that knows one name. */
const resolver = (...addresses: string[]) =>
  ((_name: string, _options: object, callback: (error: null, found: object[]) => void) =>
    callback(
      null,
      addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    )) as unknown as typeof lookup;

const find = (all: boolean, ...addresses: string[]) =>
  new Promise((resolve) => {
    publicLookup(resolver(...addresses))('a.test', { all }, (error, found) =>
      resolve(error === null ? found : (error as NodeJS.ErrnoException).code),
    );
  });

describe('a name', () => {
  test('that leads to private addresses alone is rejected', async () => {
    expect(await find(true, '10.0.0.1', '::1')).toBe('PRIVATE_ADDRESS');
    expect(await find(false, '127.0.0.1')).toBe('PRIVATE_ADDRESS');
  });

  test('is connected to by its public addresses alone', async () => {
    expect(await find(true, '10.0.0.1', '1.1.1.1')).toEqual([{ address: '1.1.1.1', family: 4 }]);
    expect(await find(false, '10.0.0.1', '1.1.1.1')).toBe('1.1.1.1');
  });
});

describe('the host of a URL', () => {
  test.each(['https://127.0.0.1/', 'https://[::1]/', 'https://0x7f.1/', 'https://2130706433/'])(
    '%s is rejected',
    (url) => {
      expect(() => rejectPrivateHost(new URL(url))).toThrow('is a private address');
    },
  );
  test.each(['https://1.1.1.1/', 'https://example.org/', 'https://[2606:4700::1111]/'])(
    '%s is not',
    (url) => {
      expect(() => rejectPrivateHost(new URL(url))).not.toThrow();
    },
  );
});
