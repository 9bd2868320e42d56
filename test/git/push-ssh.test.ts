/** Pushes over SSH of which nobody says what became of them: fault B2 over another wire than HTTP. */
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { git, readBranch } from '../fakes/bare-repository.ts';
import { hasSshd } from '../fakes/sshd.ts';
import {
  aGit,
  commitFile,
  fakeSecrets,
  fetchHead,
  never,
  openRepository,
  serveOverSsh,
  temporaryFolder,
} from './builders.ts';

/** Ends the server's half of the connection, whatever it is about to say. */
const cutConnection = `p=$PPID
while [ "$p" -gt 1 ]; do
  read -r _ name _ parent _ < "/proc/$p/stat"
  case "$name" in *sshd*) kill -9 "$p"; exit 1 ;; esac
  p=$parent
done
`;

/** `hook`: at which moment of each push to `main` the connection is cut. */
async function pushTo(hook: string, when: string) {
  const served = await serveOverSsh({ a: '1' });
  const hooks = join(await temporaryFolder(), 'hooks');
  const secrets = fakeSecrets({
    argocd: { repository: [{ url: served.url, sshPrivateKey: served.server.privateKey }] },
    configMaps: { 'argocd/argocd-ssh-known-hosts-cm': { ssh_known_hosts: served.server.knownHosts } },
  });
  const repository = await openRepository(aGit(await temporaryFolder()), served.url, { secrets });
  const head = await fetchHead(repository);
  const commit = await commitFile(repository, head, 'a', '2');
  await mkdir(hooks);
  await writeFile(join(hooks, hook), `#!/bin/sh\n${when}\n${cutConnection}`);
  await chmod(join(hooks, hook), 0o755);
  await git(served.path, ['config', 'core.hooksPath', hooks]);
  const results = await repository.push([{ branch: 'main', commit, expected: head, force: false }], never);
  const { commits } = await readBranch(served.path, 'main');
  return { results, commit, onServer: commits.map(({ sha }) => sha), head };
}

const title = hasSshd ? '' : ' (skipped: needs sshd)';

describe.skipIf(!hasSshd)(`fault B2: a push over SSH whose connection is cut${title}`, () => {
  it('once the server has taken it is ours all the same, and made once', async () => {
    const { results, commit, onServer, head } = await pushTo(
      'reference-transaction',
      '[ "$1" = committed ] && grep -q refs/heads/main || exit 0',
    );

    expect(results).toEqual([{ branch: 'main', ok: true }]);
    expect(onServer).toEqual([commit, head]);
  });

  it('before that is not', async () => {
    const { results, onServer, head } = await pushTo('pre-receive', '');

    expect(results).toEqual([
      expect.objectContaining({ branch: 'main', ok: false, code: 'network', unanswered: true }),
    ]);
    expect(onServer).toEqual([head]);
  });
});
