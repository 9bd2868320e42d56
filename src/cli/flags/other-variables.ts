/** Environment variables that are read beside those of flags: the documentation's table is made from it. */

interface Variables {
  readonly names: readonly string[];
  /** In Markdown. */
  readonly text: string;
}

export const otherVariables: readonly Variables[] = [
  {
    names: ['HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY'],
    text: "proxies for registries, Git, Argo CD's API and the Kubernetes API (a `proxy-url` of the kubeconfig goes first), in upper or lower case: `http`, `https`, `socks5` (which looks host names up itself); `NO_PROXY` knows CIDR ranges for registries and both APIs; in a pod name `KUBERNETES_SERVICE_HOST` there, unless the Kubernetes API is reached through the proxy",
  },
  {
    names: ['SSL_CERT_FILE', 'SSL_CERT_DIR'],
    text: "instead of the system's certificate authorities, for registries, Git, Argo CD's API, and the Kubernetes API where the kubeconfig names no CA; what they name must be there",
  },
  { names: ['NODE_EXTRA_CA_CERTS'], text: 'certificate authorities besides them' },
  {
    names: ['ARGOCD_SSH_DATA_PATH', 'ARGOCD_TLS_DATA_PATH'],
    text: 'folders of known hosts and of certificates of Git servers, [if they are others](configuration.md#files)',
  },
  {
    names: ['ARGOCD_BINARY_NAME', 'GIT_USERNAME', 'GIT_PASSWORD'],
    text: "`argocd-git-ask-pass`: the program answers git's prompts for a login, as 0.18's does for its own git, with `GIT_USERNAME` and `GIT_PASSWORD`; it ends with 20 where it cannot. `git-ask-pass.sh` does the same in the image, for `GIT_ASKPASS` of scripts",
  },
  { names: ['GNUPGHOME'], text: 'key ring for signed commits' },
  {
    names: ['KUBECONFIG', 'HOME', 'USERPROFILE'],
    text: 'kubeconfig files where `--kubeconfig` is not given; and the folder in which `.kube/config` is, if there is none',
  },
  {
    names: ['KUBERNETES_SERVICE_HOST', 'KUBERNETES_SERVICE_PORT'],
    text: 'set in each pod: where the API server is, without a kubeconfig',
  },
  { names: ['POD_NAMESPACE'], text: 'own namespace, before that of the service account' },
  {
    names: ['AZURE_CLIENT_ID', 'AZURE_TENANT_ID', 'AZURE_FEDERATED_TOKEN_FILE', 'AZURE_AUTHORITY_HOST'],
    text: 'workload identity for Azure DevOps',
  },
  { names: ['ENABLE_LOG_COLORS', 'NO_COLOR'], text: '`false`, anything: no colours on a terminal' },
  {
    names: ['FORCE_COLOR'],
    text: 'goes before both: colours for `--logformat pretty` everywhere; `0`: none',
  },
  {
    names: ['LC_ALL', 'LC_CTYPE', 'LANG'],
    text: 'the first that is set: where it does not name UTF-8, `--logformat pretty` keeps to ASCII',
  },
  { names: ['TERM'], text: '`dumb`: a terminal without colours and without a line that changes' },
  { names: ['COLUMNS'], text: 'width of what commands print, before that of the terminal' },
  { names: ['TMPDIR'], text: 'folder for [temporary files](configuration.md#files)' },
  { names: ['PATH'], text: 'where `git`, `ssh` and `gpg` are' },
];
