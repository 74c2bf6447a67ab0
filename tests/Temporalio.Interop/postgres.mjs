// A PostgreSQL of this run's own: on a unix socket in a temporary folder, under an unprivileged user when started by root.
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const INSTALLED = '/usr/lib/postgresql';

export async function startPostgres() {
  const bin = binaries(), home = mkdtempSync(join(tmpdir(), 'pg-')), data = join(home, 'data'), user = unprivileged();
  if (user.uid !== undefined) chownSync(home, user.uid, user.gid);
  execFileSync(join(bin, 'initdb'), ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync'], { ...user, cwd: home, stdio: 'ignore' });
  const server = spawn(join(bin, 'postgres'), ['-D', data, '-k', home, '-c', 'listen_addresses=', '-c', 'max_wal_size=1GB'], { ...user, cwd: home, stdio: 'ignore' });
  const ready = () => spawnSync(join(bin, 'pg_isready'), ['-h', home, '-q'], { stdio: 'ignore' }).status === 0;
  for (let k = 0; !ready(); k++) {
    if (k > 300 || server.exitCode !== null) throw new Error('PostgreSQL did not start');
    await new Promise((r) => setTimeout(r, 100));
  }
  const stop = async () => {
    const gone = new Promise((r) => server.once('exit', r));
    server.kill('SIGINT');
    await gone;
    rmSync(home, { recursive: true, force: true });
  };
  return { url: `Host=${home};Username=postgres;Database=postgres`, stop };
}

function binaries() {
  const versions = existsSync(INSTALLED) ? readdirSync(INSTALLED).filter((v) => existsSync(join(INSTALLED, v, 'bin/postgres'))).sort((a, b) => b - a) : [];
  if (versions.length === 0) throw new Error('PostgreSQL is not installed (on Debian: apt-get install postgresql)');
  return join(INSTALLED, versions[0], 'bin');
}

function unprivileged() {
  if (process.getuid() !== 0) return {};
  const id = (flag) => Number(execFileSync('id', [flag, 'postgres']).toString());
  return { uid: id('-u'), gid: id('-g') };
}
