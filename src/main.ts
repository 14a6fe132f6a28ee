import { requireOpenFiles } from './cluster/open-files.js';

requireOpenFiles(); // before all else is loaded: loading opens files, too

const { printHelpIfRequested } = await import('./cli/settings-help.js');
printHelpIfRequested();
const { start } = await import('./app/start.js');
const { dependencies } = await import('./app/dependencies.js');
await start(dependencies);
