/** The table of what git, curl and OpenSSH say when something is wrong, and what to do about it. */
import type { GitCode } from '../../core/base/outcome.ts';

export interface Symptom {
  readonly pattern: RegExp;
  readonly code: GitCode;
  /** What the reader can do, where the code alone does not say it. */
  readonly advice?: string;
}

/** First match wins: the particular before the general. */
export const symptoms: readonly Symptom[] = [
  {
    pattern: /no space left on device|disk quota exceeded|file too large/i,
    code: 'disk-full',
    advice: 'free space in the cache directory, or give another one',
  },
  {
    pattern: /remote host identification has changed/i,
    code: 'host-key-changed',
  },
  {
    pattern: /host key verification failed|no matching host key type|no .* host key is known/i,
    code: 'host-key',
  },
  {
    pattern: /gpg failed to sign|failed to sign|signing key|couldn't load public key|no secret key/i,
    code: 'signing',
    advice: 'check the signing key, its format and GNUPGHOME; unsigned commits are never made',
  },
  {
    pattern: /load key .*(invalid format|error in libcrypto|incorrect passphrase|unsupported)/i,
    code: 'credentials',
    advice: 'give the private key unencrypted, in PEM or OpenSSH form',
  },
  {
    pattern:
      /ssl certificate problem|certificate verif|unable to get local issuer|ssl connect error|ssl_error|tls|error setting certificate|could not load .* (certificate|key)|unable to set private key|alert (bad|unknown|handshake|certificate)|ssl routines/i,
    code: 'tls',
    advice:
      'add the authority to ConfigMap argocd-tls-certs-cm under the host name, or check the client certificate',
  },
  {
    pattern: /operation (too slow|timed out)|connection timed out|timed out after|timeout, server/i,
    code: 'timeout',
  },
  {
    pattern:
      /authentication failed|could not read (username|password)|permission denied|invalid credentials|access denied|returned error: 40[13]|http basic: access denied|unauthorized|password authentication (was|is) (removed|not supported)|not allowed to (push|upload)|write access .* not granted|could not be authenticated/i,
    code: 'authentication',
  },
  {
    pattern:
      /repository .*not found|returned error: 404|does not appear to be a git repository|could not be found or you don't have permission|no such file or directory|project you were looking for could not be found|does not exist$/im,
    code: 'not-found',
  },
  {
    pattern: /couldn't find remote ref|remote branch .* not found/i,
    code: 'branch-missing',
  },
  {
    pattern: /returned error: 30\d|redirect/i,
    code: 'unsupported',
    advice: 'write the address that the server sends on to',
  },
  {
    pattern: /dumb http transport|does not support shallow|dubious ownership|transport '.*' not allowed/i,
    code: 'unsupported',
    advice: 'take a server with the smart protocol, and a repository of our own user',
  },
  {
    pattern: /not our ref|unadvertised object|no such remote ref/i,
    code: 'race',
  },
  {
    pattern:
      /could not resolve|failed to connect|couldn't connect|connection (refused|reset|closed|was closed)|network is unreachable|no route to host|empty reply|early eof|hung up unexpectedly|unexpected disconnect|recv failure|send failure|rpc failed|curl \d+|transfer closed|outstanding read data|broken pipe|http\/2 stream|from proxy|proxy|returned error: (429|5\d\d)|gnutls_handshake/i,
    code: 'network',
    advice: 'check the address, and that the server can be reached from here',
  },
];
