import { requireOpenFiles } from './open-files.js';

// For `node --import`, before a command is loaded: its modules are opened all at once.
requireOpenFiles();
