import { dependencies } from './app/dependencies.js';
import { start } from './app/start.js';
import { printHelpIfAsked } from './cli/settings-help.js';

printHelpIfAsked();
await start(dependencies);
