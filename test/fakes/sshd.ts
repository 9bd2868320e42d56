/** A real OpenSSH server on the loopback interface, with keys of its own, that serves a folder of repositories. */
import { execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { freePort } from './free-port.ts';

const run = promisify(execFile);

const sshdPath = ['/usr/sbin/sshd', '/usr/local/sbin/sshd'].find((path) => existsSync(path));

/** False: tests are to be skipped with the title part `skipped: needs sshd`. */
export const hasSshd = sshdPath !== undefined;

export interface SshServer {
  /** `ssh://user@127.0.0.1:PORT`; repositories follow with their absolute path. */
  readonly url: string;
  /** Text of the private key that is let in. */
  readonly privateKey: string;
  /** The line for known_hosts. */
  readonly knownHosts: string;
  close(): Promise<void>;
}

export async function startSshServer(): Promise<SshServer> {
  if (sshdPath === undefined) throw new Error('needs sshd');
  const folder = await mkdtemp(join(tmpdir(), 'sshd-'));
  const hostKey = await makeKey(join(folder, 'host'));
  const userKey = await makeKey(join(folder, 'user'));
  await copyFile(`${userKey}.pub`, join(folder, 'authorized'));
  if (process.getuid?.() === 0) await mkdir('/run/sshd', { recursive: true }); // where it separates privileges
  const port = await freePort();
  await writeFile(join(folder, 'config'), configuration(folder, port, hostKey));
  const server = spawn(sshdPath, ['-D', '-e', '-f', join(folder, 'config')], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  await new Promise<void>((resolve, reject) => {
    let log = '';
    server.stderr.on('data', (chunk: Buffer) => {
      log += chunk.toString();
      if (log.includes('listening')) resolve();
    });
    server.on('exit', () => reject(new Error(log)));
  });
  const [type, key] = (await readFile(`${hostKey}.pub`, 'utf8')).split(' ');
  return {
    url: `ssh://${userInfo().username}@127.0.0.1:${port}`,
    privateKey: await readFile(userKey, 'utf8'),
    knownHosts: `[127.0.0.1]:${port} ${type} ${key}\n`,
    async close() {
      const ended = new Promise((resolve) => server.on('exit', resolve));
      server.kill('SIGTERM');
      await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Makes an ed25519 key pair; with a passphrase the private half is encrypted. Returns the private half's path. */
export async function makeKey(path: string, passphrase = ''): Promise<string> {
  await run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', passphrase, '-C', 'test', '-f', path]);
  await chmod(path, 0o600);
  return path;
}

function configuration(folder: string, port: number, hostKey: string): string {
  return `Port ${port}
ListenAddress 127.0.0.1
HostKey ${hostKey}
AuthorizedKeysFile ${join(folder, 'authorized')}
PidFile none
UsePAM no
StrictModes no
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitRootLogin prohibit-password
AcceptEnv GIT_PROTOCOL
`;
}
