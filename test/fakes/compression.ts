/** Answers as servers and proxies compress them. */
import type { ServerResponse } from 'node:http';
import {
  brotliCompressSync,
  constants,
  deflateRawSync,
  deflateSync,
  gzipSync,
  zstdCompressSync,
} from 'node:zlib';

export const codings = [
  'gzip',
  'x-gzip',
  'deflate',
  'raw deflate',
  'br',
  'zstd',
  'identity',
  'GZIP',
  'br, gzip',
] as const;
export type Coding = (typeof codings)[number];

export function compress(coding: Coding, body: string | Uint8Array): Buffer {
  switch (coding) {
    case 'gzip':
    case 'GZIP':
    case 'x-gzip':
      return gzipSync(body, { level: 1 });
    case 'deflate':
      return deflateSync(body, { level: 1 });
    case 'raw deflate':
      return deflateRawSync(body, { level: 1 });
    case 'br':
      return brotliCompressSync(body, { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } });
    case 'zstd':
      return zstdCompressSync(body);
    case 'identity':
      return Buffer.from(body);
    case 'br, gzip':
      return compress('gzip', compress('br', body));
  }
}

/** The value of `Content-Encoding`; both forms of deflate have one name. */
export function codingName(coding: Coding): string {
  return coding === 'raw deflate' ? 'deflate' : coding;
}

/** What is written to the response goes out compressed. */
export function compressResponse(response: ServerResponse, coding: Coding): void {
  const original = { writeHead: response.writeHead.bind(response), end: response.end.bind(response) };
  response.writeHead = ((status: number, headers: Readonly<Record<string, string | number>> = {}) => {
    response.statusCode = status;
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    return response;
  }) as typeof response.writeHead;
  response.end = ((body?: string | Uint8Array) => {
    Object.assign(response, original);
    if (body === undefined) return response.end();
    response.removeHeader('content-length');
    response.setHeader('content-encoding', codingName(coding));
    return response.end(compress(coding, body));
  }) as typeof response.end;
}
