import { dependencies } from './app/dependencies.js';
import { start } from './app/start.js';
import { printHelpIfRequested } from './cli/settings-help.js';

printHelpIfRequested();
await start(dependencies);
