import { dependencies } from '../../src/app/dependencies.js';
import { start } from '../../src/app/start.js';
import { peers } from '../peers/registry.js';

/** The office with the store of a peer, `NAME`, in the place of the json store. */
const peer = peers.find(({ name }) => name === process.argv[2]);
if (peer === undefined) throw new Error(`no peer is called ${process.argv[2]}`);
await start({
  ...dependencies,
  stores: { ...dependencies.stores, json: peer.kind },
  locks: { ...dependencies.locks, ...peer.locks },
});
