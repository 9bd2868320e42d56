/** `Content-Encoding`: bodies as they were before a server or a proxy compressed them. */
import {
  createBrotliDecompress,
  createGunzip,
  createInflate,
  createInflateRaw,
  createZstdDecompress,
} from 'node:zlib';

/** What can be read, as a request says it. */
export const acceptedCodings = 'gzip, deflate, br, zstd';

export interface Decoded {
  readonly bytes: Buffer;
  /** The rest was left away since there would be more than allowed. */
  readonly isCut: boolean;
}

export interface DecodeOptions {
  readonly maxBytes: number;
  /** The body was cut off on its way. */
  readonly isPart: boolean;
  /** Told how many more bytes there are; a promise: to be waited for before more is decompressed. */
  readonly onBytes?: (count: number) => Promise<void> | undefined;
}

const maxCodings = 3; // one is usual; each may multiply what comes by a thousand

/**
 * Undoes the codings, and gives at most `maxBytes`. Rejects with an Error for a coding that is unknown
 * and for bytes that are not of that coding, or end too early; these are taken as far as they go where `isPart`.
 */
export async function decode(
  body: Buffer,
  contentEncoding: string | undefined,
  options: DecodeOptions,
): Promise<Decoded> {
  const { maxBytes, isPart } = options;
  let decoded: Decoded = { bytes: body, isCut: false };
  for (const coding of codingsOf(contentEncoding)) {
    if (decoded.bytes.length === 0) break; // HEAD, and servers that mark an empty body
    const { bytes, isCut } = decoded;
    decoded = await inflate(decoderOf(coding, bytes[0] ?? 0), bytes, { ...options, isPart: isPart || isCut });
  }
  const { bytes, isCut } = decoded;
  return { bytes: bytes.subarray(0, maxBytes), isCut: isCut || bytes.length > maxBytes };
}

/** The last one applied is the first to undo. */
function codingsOf(contentEncoding = ''): readonly string[] {
  const codings = contentEncoding
    .toLowerCase()
    .split(',', maxCodings + 1)
    .map((coding) => coding.trim())
    .filter((coding) => coding !== '' && coding !== 'identity');
  if (codings.length > maxCodings) throw new Error(`the answer is compressed more than ${maxCodings} times`);
  return codings.toReversed();
}

type Decoder = ReturnType<typeof createGunzip | typeof createZstdDecompress>;

function decoderOf(coding: string, firstByte: number): Decoder {
  switch (coding) {
    case 'gzip':
    case 'x-gzip':
      return createGunzip();
    case 'deflate':
      // with the wrapper of zlib as RFC 9110 wants it, or without as some servers send it
      return (firstByte & 0x0f) === 8 ? createInflate() : createInflateRaw();
    case 'br':
      return createBrotliDecompress();
    case 'zstd':
      return createZstdDecompress();
    default:
      throw new Error('the answer is compressed in a way that was not asked for');
  }
}

async function inflate(
  decoder: Decoder,
  bytes: Buffer,
  { maxBytes, isPart, onBytes }: DecodeOptions,
): Promise<Decoded> {
  const { promise, resolve, reject } = Promise.withResolvers<Decoded>();
  const chunks: Buffer[] = [];
  let size = 0;
  const done = (isCut: boolean): void => {
    resolve({ bytes: Buffer.concat(chunks), isCut });
    decoder.destroy();
  };
  decoder.on('data', (chunk: Buffer) => {
    chunks.push(chunk);
    size += chunk.length;
    if (size > maxBytes) return done(true);
    const room = onBytes?.(chunk.length);
    if (room === undefined) return undefined;
    decoder.pause();
    return void room.then(() => decoder.resume());
  });
  decoder.once('end', () => done(isPart));
  decoder.on('error', () => {
    if (isPart) done(true);
    else reject(new Error('the compressed answer is broken, or ends too early'));
  });
  decoder.end(bytes);
  return await promise;
}
