/** The Git contract over each transport. */
import { join } from 'node:path';
import { describeGitContract } from '../contracts/git.ts';
import { startGitServer } from '../fakes/git-http.ts';
import { hasSshd, startSshServer } from '../fakes/sshd.ts';
import { fakeSecrets } from './builders.ts';

describeGitContract('git over HTTP with a password', true, async (root) => {
  const server = await startGitServer({ root, auth: { username: 'bot', password: 'pa55word' } });
  const template = { url: server.url, username: 'bot', password: 'pa55word' };
  return {
    urlOf: (name) => `${server.url}/${name}`,
    secrets: fakeSecrets({ argocd: { 'repo-creds': [template] } }),
    close: async () => await server.close(),
  };
});

describeGitContract('git in a local folder', true, async (root) => ({
  urlOf: (name) => join(root, name),
  secrets: fakeSecrets(),
  close: async () => undefined,
}));

describeGitContract('git over file://', true, async (root) => ({
  urlOf: (name) => `file://${join(root, name)}`,
  secrets: fakeSecrets(),
  close: async () => undefined,
}));

describeGitContract(`git over SSH${hasSshd ? '' : ' (skipped: needs sshd)'}`, hasSshd, async (root) => {
  const server = await startSshServer();
  return {
    urlOf: (name) => server.url + join(root, name),
    secrets: fakeSecrets({
      argocd: { 'repo-creds': [{ url: server.url, sshPrivateKey: server.privateKey }] },
      configMaps: { 'argocd/argocd-ssh-known-hosts-cm': { ssh_known_hosts: server.knownHosts } },
    }),
    close: async () => await server.close(),
  };
});
