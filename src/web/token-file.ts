/** Who may see the status: whoever knows the token in a file, which may be replaced while the program runs. */
import { open } from 'node:fs/promises';
import { isSameSecret } from './webhook/proof.ts';

export type Admission = 'admitted' | 'refused' | 'unreadable';

const maxTokenBytes = 4_096;

export class TokenFile {
  readonly #path: string;
  #known: { readonly version: string; readonly token: string } | undefined;

  constructor(path: string) {
    this.#path = path;
  }

  /** `Bearer <token>`; `Basic` with the token as password, since that is what browsers ask people for. */
  async admit(authorization: string | undefined): Promise<Admission> {
    // whoever asks is told that it cannot be read, and not why: that is for the operator (`problem`)
    const token = await this.#read().catch(() => undefined);
    if (token === undefined) return 'unreadable';
    const given = presented(authorization);
    return given !== undefined && isSameSecret(given, token) ? 'admitted' : 'refused';
  }

  /** Why there is no token in the file; undefined: there is one. */
  async problem(): Promise<string | undefined> {
    try {
      return (await this.#read()) === undefined ? 'the file is empty, or larger than 4 KiB' : undefined;
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }

  /** Undefined: there is none. Throws the system's error. */
  async #read(): Promise<string | undefined> {
    await using file = await open(this.#path);
    const { ino, mtimeMs, size } = await file.stat();
    if (size > maxTokenBytes) return undefined;
    const version = `${ino} ${mtimeMs} ${size}`;
    if (this.#known?.version !== version) {
      const buffer = Buffer.alloc(maxTokenBytes);
      const { bytesRead } = await file.read(buffer, 0, maxTokenBytes, 0);
      this.#known = { version, token: buffer.toString('utf8', 0, bytesRead).trim() };
    }
    return this.#known.token === '' ? undefined : this.#known.token;
  }
}

function presented(authorization = ''): string | undefined {
  const [, scheme = '', value = ''] = /^(bearer|basic) +(\S+)$/i.exec(authorization) ?? [];
  if (scheme.toLowerCase() === 'bearer') return value;
  if (scheme === '') return undefined;
  const login = Buffer.from(value, 'base64').toString('utf8');
  const colon = login.indexOf(':');
  return colon === -1 ? undefined : login.slice(colon + 1);
}
