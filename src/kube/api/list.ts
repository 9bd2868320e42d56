/** Lists of the Kubernetes API, page by page: an object is handed on and forgotten before the next page is read. */
import { isRecord } from '../../core/base/json.ts';
import { type ApiAnswer, type ApiCall, answerFailure, apiFailure, parsedObject } from './error.ts';
import { type Exchange, successBody } from './exchange.ts';

export interface ListRequest {
  /** Path of the collection: `/apis/argoproj.io/v1alpha1/applications`. */
  readonly path: string;
  /** "" for all. */
  readonly labelSelector: string;
}

const pageSize = 500;
const maxPageBytes = 4 << 20; // what is parsed takes several times as much; a page of one always fits: etcd takes 1.5 MiB an object
const maxPages = 20_000; // a server that never stops handing out tokens is not followed for ever

/**
 * Gives the objects of the whole list, or throws `Failed` (kube). A snapshot that expires on the way (410) makes
 * the list start once more: `restart` tells the receiver to forget what it has. A page too large to hold is asked
 * for again in smaller ones.
 */
export async function listObjects(
  exchange: Exchange,
  call: ApiCall,
  request: ListRequest,
  receive: { readonly item: (object: unknown) => void; readonly restart: () => void },
  signal: AbortSignal,
): Promise<void> {
  if (await listOnce(exchange, call, request, receive.item, signal)) return;
  receive.restart();
  if (await listOnce(exchange, call, request, receive.item, signal)) return;
  throw apiFailure(call, 'gone', '410, the list expired twice before it was read to its end');
}

/** False: the snapshot expired. */
async function listOnce(
  exchange: Exchange,
  call: ApiCall,
  request: ListRequest,
  item: (object: unknown) => void,
  signal: AbortSignal,
): Promise<boolean> {
  let limit = pageSize;
  let token = '';
  for (let page = 0; page < maxPages; page += 1) {
    const path = pagePath(request, limit, token);
    const answer = await exchange(call, { method: 'GET', path, maxBodyBytes: maxPageBytes }, signal);
    if (answer.status === 410 && token !== '') return false;
    if (answer.truncated && limit > 1) {
      limit = Math.ceil(limit / 4);
      continue;
    }
    token = readPage(call, answer, item);
    if (token === '') return true;
  }
  throw apiFailure(call, 'malformed', `the list did not end after ${maxPages} pages`);
}

function pagePath(request: ListRequest, limit: number, token: string): string {
  const query = new URLSearchParams({ limit: String(limit) });
  if (request.labelSelector !== '') query.set('labelSelector', request.labelSelector);
  if (token !== '') query.set('continue', token);
  return `${request.path}?${query.toString()}`;
}

/** The token of the next page, "" after the last one. */
function readPage(call: ApiCall, answer: ApiAnswer, item: (object: unknown) => void): string {
  if (answer.status === 410) throw answerFailure(call, answer);
  const list = parsedObject(successBody(call, answer));
  const items = list['items'];
  if (!Array.isArray(items)) throw apiFailure(call, 'malformed', 'the answer is no list');
  for (const object of items) item(object);
  const metadata = list['metadata'];
  const token = isRecord(metadata) ? metadata['continue'] : undefined;
  return typeof token === 'string' ? token : '';
}
