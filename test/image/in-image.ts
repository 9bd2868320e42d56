/** Runs programs in the image as a cluster would: uid 1000, no capabilities, the root file system read-only. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** Root file system that `.ci/image` made; "": none was made. */
export const imageRoot = process.env['TIDEWAITER_IMAGE'] ?? '';

export interface InImage {
  /** Folder of this machine that is seen at /mnt, read-only. */
  readonly mount?: string;
  readonly environment?: Readonly<Record<string, string>>;
}

/** $1 root, $2 folder for /mnt or "", the rest variables and the program. The mounts end with the namespace. */
const script = `set -eu
root=$1; folder=$2; shift 2
mount --make-rprivate /
mount --bind "$root" "$root"
mount -t tmpfs -o mode=1777 tmpfs "$root/tmp"
mount -t proc proc "$root/proc"
mount --rbind /dev "$root/dev"
mount -t tmpfs -o mode=1777 tmpfs "$root/dev/shm" # each container has its own
[ -z "$folder" ] || mount --bind -o ro "$folder" "$root/mnt"
mount -o remount,ro,bind "$root"
exec chroot "$root" /usr/bin/setpriv --reuid 1000 --regid 1000 --clear-groups \\
  --no-new-privs --bounding-set -all --inh-caps -all env -i "$@"`;

export async function inImage(
  argv: readonly string[],
  { mount = '', environment = {} }: InImage = {},
): Promise<{ readonly code: number | null; readonly stdout: string; readonly stderr: string }> {
  const variables = {
    HOME: '/app',
    PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
    ...environment,
  };
  const child = spawn(
    'unshare',
    [
      '--mount',
      '--pid',
      '--fork',
      'sh',
      '-c',
      script,
      'sh',
      imageRoot,
      mount,
      ...Object.entries(variables).map(([name, value]) => `${name}=${value}`),
      ...argv,
    ],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  const output = { stdout: '', stderr: '' };
  child.stdout.on('data', (text: Buffer) => {
    output.stdout += text.toString();
  });
  child.stderr.on('data', (text: Buffer) => {
    output.stderr += text.toString();
  });
  const [code] = await once(child, 'close');
  return { code: code as number | null, ...output };
}
