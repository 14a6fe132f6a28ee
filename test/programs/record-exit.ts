import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';

/**
 * Runs a program on the terminal of this process, and writes how it exits to a file: `FILE PROGRAM`. The
 * pids of both are in `FILE.pids`.
 */
const [file = '', program = ''] = process.argv.slice(2);

process.on('SIGHUP', () => {}); // it outlives the terminal
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
const child = spawn(process.execPath, [program], { stdio: 'inherit' });
writeFileSync(`${file}.pids`, `${process.pid} ${child.pid}`);
child.on('exit', (code, signal) => {
  writeFileSync(file, `${code ?? signal}`);
  process.kill(process.pid, 'SIGKILL'); // Node aborts at an exit without its terminal
});
