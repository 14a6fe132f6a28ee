import { execFileSync } from 'node:child_process';
/** The tests start the built program, so it is built first. */
export default function build() {
    execFileSync('npm', ['run', '--silent', 'build'], { stdio: ['ignore', 'inherit', 'inherit'] });
}
//# sourceMappingURL=build.js.map