// A whole list, page by page. It must never send anything itself: it is given the way to ask.
import type { JsonObject, Obj } from '../contracts.ts';
import { isObject } from '../common/json.ts';
import { ApiError, NoAnswerError } from './api-error.ts';

export interface ListOptions {
  readonly labels?: Readonly<Record<string, string>>;
  readonly fields?: Readonly<Record<string, string>>;
  /** Names, labels and annotations only. */
  readonly metadataOnly?: boolean;
  /** Of all namespaces. */
  readonly everywhere?: boolean;
  /** Where there are more, only so many come. */
  readonly most?: number;
}

export interface Listed {
  readonly items: Obj[];
  readonly resourceVersion: string;
  /** There are more than were wanted at most. */
  readonly isCut?: true;
}

interface Ask {
  readonly path: string;
  readonly type: { apiVersion: string; kind: string };
  readonly wanted: ListOptions;
}

/** Resolves to the list's body, or to why there is none. */
type Page = (url: string, accept: string) => Promise<JsonObject | ApiError>;

const pageSize = 500;
const restarts = 3;
const metadataOnly = 'application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io,application/json';

export async function listPages(ask: Ask, page: Page): Promise<Listed> {
  for (let attempt = 0; ; attempt++) {
    const listed = await allPages(ask, page);
    if (!(listed instanceof ApiError)) return listed;
    // 410: the continue token is too old. Only the beginning can be asked for again.
    if (listed.code !== 410 || attempt === restarts) throw listed;
  }
}

async function allPages(ask: Ask, page: Page): Promise<Listed | ApiError> {
  const items: Obj[] = [];
  for (let next = ''; ;) {
    const url = `${ask.path}?${query({ ...selection(ask.wanted), limit: String(ask.wanted.most ?? pageSize), ...(next ? { continue: next } : {}) })}`;
    const body = await page(url, ask.wanted.metadataOnly ? metadataOnly : 'application/json');
    if (body instanceof ApiError) return body;
    items.push(...itemsOf(body, ask.type));
    const metadata = isObject(body['metadata']) ? body['metadata'] : {};
    next = String(metadata['continue'] ?? '');
    const listed = { items, resourceVersion: String(metadata['resourceVersion'] ?? '') };
    if (!next) return listed;
    if (ask.wanted.most !== undefined) return { ...listed, isCut: true };
  }
}

/** Items of built-in kinds come without their kind. */
function itemsOf(body: JsonObject, type: { apiVersion: string; kind: string }): Obj[] {
  const items = body['items'] ?? [];
  if (!Array.isArray(items)) throw new NoAnswerError(`the list of ${type.kind} has no items`);
  return items.map((item) => {
    if (!isObject(item) || !isObject(item['metadata'])) throw new NoAnswerError(`the list of ${type.kind} holds something else`);
    return { ...item, apiVersion: type.apiVersion, kind: type.kind } as unknown as Obj;
  });
}

/** Shared with watches, so that a list and its watch select the same. */
export function selection(wanted: ListOptions): Record<string, string> {
  const { labels, fields } = wanted;
  return { ...(labels ? { labelSelector: selector(labels) } : {}), ...(fields ? { fieldSelector: selector(fields) } : {}) };
}

export function query(parts: Readonly<Record<string, string>>): string {
  return Object.entries(parts)
    .map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
    .join('&');
}

function selector(pairs: Readonly<Record<string, string>>): string {
  return Object.entries(pairs)
    .map(([name, value]) => `${name}=${value}`)
    .join(',');
}
