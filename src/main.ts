import { requireOpenFiles } from './cluster/open-files.js';
import { keepNextTickFast } from './next-tick.js';

requireOpenFiles(); // before all else is loaded: loading opens files, too
keepNextTickFast();

const { handleArguments } = await import('./cli/settings-help.js');
handleArguments();
const { start } = await import('./app/start.js');
const { dependencies } = await import('./app/dependencies.js');
await start(dependencies);
