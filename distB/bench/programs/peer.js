import { parts } from '../../src/parts.js';
import { runOffice } from '../../src/run-office.js';
import { peers } from '../peers/registry.js';
/** The office with the store of a peer, `NAME`, in the place of the json store. */
const peer = peers.find(({ name }) => name === process.argv[2]);
if (peer === undefined)
    throw new Error(`no peer is called ${process.argv[2]}`);
await runOffice({ ...parts, stores: { ...parts.stores, json: peer.kind } });
//# sourceMappingURL=peer.js.map