/** Whether an SSH private key can be used by a program that nobody can type a passphrase into. */

const openSshMagic = Buffer.from('openssh-key-v1\0');

/** Why the key cannot be used, or undefined. Understands PEM (PKCS #1, PKCS #8, SEC 1) and OpenSSH's own form. */
export function privateKeyProblem(key: string): string | undefined {
  const [, label, body = ''] = /-----BEGIN ([A-Z ]*PRIVATE KEY)-----([\s\S]*?)-----END/.exec(key) ?? [];
  if (label === undefined) return 'holds no private key in PEM or OpenSSH form';
  const isEncrypted =
    label.startsWith('ENCRYPTED') || /Proc-Type:\s*4,ENCRYPTED/.test(body) || hasOpenSshCipher(label, body);
  return isEncrypted ? 'is encrypted with a passphrase; give it unencrypted' : undefined;
}

/** The cipher's name is the first string after the magic; `none` means not encrypted (PROTOCOL.key of OpenSSH). */
function hasOpenSshCipher(label: string, body: string): boolean {
  if (!label.startsWith('OPENSSH')) return false;
  const bytes = Buffer.from(body, 'base64');
  const start = openSshMagic.length;
  if (bytes.length < start + 4 || !bytes.subarray(0, start).equals(openSshMagic)) return false;
  const length = bytes.readUInt32BE(start);
  return bytes.toString('latin1', start + 4, start + 4 + Math.min(length, 64)) !== 'none';
}
