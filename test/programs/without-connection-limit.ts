import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

/** A server whose workers believe that they may open any number of files. */
const { readFileSync } = fs;
const read = (...args: Parameters<typeof readFileSync>) =>
  args[0] === '/proc/self/limits' ? 'Max open files  1000000  1000000' : readFileSync(...args);
fs.readFileSync = read as typeof readFileSync;
syncBuiltinESMExports();

const { dependencies } = await import('../../src/app/dependencies.js');
const { start } = await import('../../src/app/start.js');
await start(dependencies);
