import { resetFolder } from '../../src/store/folder.js';
import { putBack } from '../../src/store/postgres/office.js';
import { stores } from '../../src/store/registry.js';
import { TestDatabase } from './database.js';
import { newFolder, removeFolder } from './folder.js';
/** A new place with these events. Whoever makes it disposes of it. */
export async function newPlace(store, events) {
    const kind = stores[store];
    if (kind.keptIn === 'database') {
        const database = await TestDatabase.create(events);
        const { address: path, seeds } = database;
        return {
            path,
            prepare: () => database.prepare(),
            reset: () => putBack(path, { seeds, waitMs: 0 }, async () => { }),
            dispose: () => database.dispose(),
        };
    }
    const path = newFolder(events);
    return {
        path,
        prepare: () => kind.prepare(path),
        reset: () => resetFolder(path),
        dispose: async () => removeFolder(path),
    };
}
//# sourceMappingURL=place.js.map