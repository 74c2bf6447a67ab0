// A program of ours as a process of its own: started, killed, started again.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { root } from './host.mjs';
import { within } from './cases.mjs';

export class Program {
  constructor(folder, name, args) {
    Object.assign(this, { name, args: [join(root, folder, `bin/${process.env.AGENTS_CONFIGURATION ?? 'Release'}/net10.0/${name}.dll`), ...args], log: '' });
  }

  // Resolves once the program has said `ready`.
  async start(ready) {
    const child = spawn('dotnet', this.args.map(String), { stdio: ['ignore', 'pipe', 'pipe'] });
    this.process = child;
    this.exited = new Promise(resolve => child.once('exit', (code, signal) => resolve(signal ?? code)));
    this.log = '';
    await within(`${this.name} to say ${ready}`, new Promise((resolve, reject) => {
      const take = chunk => { this.log += chunk; if (this.log.includes(ready)) resolve(); };
      child.stdout.on('data', take);
      child.stderr.on('data', take);
      this.exited.then(how => reject(new Error(`${this.name} ended (${how}):\n${this.log}`)));
    }));
    return this;
  }

  // As by `kill -9`, at once.
  kill() { this.process.kill('SIGKILL'); return this.exited; }

  async stop() {
    if (!this.process || this.process.exitCode !== null || this.process.signalCode !== null) return;
    this.process.kill('SIGTERM');
    await within(`${this.name} to end`, this.exited, 20_000).catch(() => this.kill());
  }
}
