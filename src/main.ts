import { requireOpenFiles } from './cluster/open-files.js';

requireOpenFiles(); // before all else is loaded: loading opens files, too

const { handleArguments } = await import('./cli/settings-help.js');
handleArguments();
const { start } = await import('./app/start.js');
const { dependencies } = await import('./app/dependencies.js');
await start(dependencies);
