import { execFileSync } from 'node:child_process';
import { oncePerRun } from './once-per-run.js';

/** Builds the program, which most tests start. */
export default function build(): void {
  oncePerRun('build', () => {
    execFileSync('npm', ['run', '--silent', 'build'], { stdio: ['ignore', 'inherit', 'inherit'] });
  });
}
