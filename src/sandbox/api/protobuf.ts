// Reads the Protobuf that kubectl's own `create` commands send, as the JSON that the rest of the API server takes. It must not guess: what it
// does not know and what is not empty is refused by name.
import type { Json, JsonObject } from '../../contracts.ts';
import { FIELDS } from './protobuf-fields.ts';
import { unreadable } from './status.ts';

const MAGIC = 'k8s\0';
const HINT = 'send it as JSON: kubectl … --dry-run=client -o yaml | kubectl create -f -';

/** `text`: the body, one character a byte. */
export function readProtobuf(text: string): JsonObject {
  if (!text.startsWith(MAGIC)) throw unreadable(`a body of Protobuf that begins with ${JSON.stringify(MAGIC)} was expected`);
  const bytes = Uint8Array.from(text.slice(MAGIC.length), (character) => character.charCodeAt(0) & 0xff);
  const envelope = new Map(fieldsOf(bytes).map(({ no, value }) => [no, value]));
  const type = new Map(fieldsOf(bytesOf(envelope.get(1))).map(({ no, value }) => [no, textOf(value)]));
  const kind = type.get(2) ?? '';
  const apiVersion = type.get(1) ?? '';
  if (!Object.hasOwn(FIELDS, kind)) throw unreadable(`the sandbox reads no Protobuf of ${apiVersion} ${kind}: ${HINT}`);
  return { apiVersion, kind, ...message(kind, bytesOf(envelope.get(2))) };
}

type Value = number | Uint8Array;

interface Field {
  readonly no: number;
  readonly value: Value;
}

function message(kind: string, bytes: Uint8Array): JsonObject {
  const out: JsonObject = {};
  for (const { no, value } of fieldsOf(bytes)) {
    const known = FIELDS[kind]?.[no];
    if (known) put(out, { name: known[0], type: known[1], value });
    else if (!isBlank(value) && !isByServer(kind, no))
      throw unreadable(`the sandbox does not read field ${no} of ${kind} in Protobuf: ${HINT}`);
  }
  return out;
}

function put(out: JsonObject, { name, type, value }: { name: string; type: string; value: Value }): void {
  if (type.endsWith('[]')) {
    const list = out[name];
    out[name] = [...(Array.isArray(list) ? list : []), single(type.slice(0, -2), value) ?? ''];
  } else if (type.endsWith('{}')) {
    const entry = new Map(fieldsOf(bytesOf(value)).map((field) => [field.no, field.value]));
    const map = (out[name] ?? {}) as JsonObject;
    out[name] = Object.fromEntries([...Object.entries(map), [textOf(entry.get(1)), single(type.slice(0, -2), entry.get(2)) ?? '']]);
  } else {
    const read = single(type, value);
    if (read !== undefined) out[name] = read;
  }
}

/** Undefined: nothing was said. Go sends what is empty, too. */
function single(type: string, value: Value | undefined): Json | undefined {
  switch (type) {
    case 'text':
      return textOf(value) || undefined;
    case 'bytes':
      return btoa(Array.from(bytesOf(value), (byte) => String.fromCharCode(byte)).join(''));
    case 'flag':
      return value === 1 ? true : undefined;
    case 'count':
      return Number(value);
    case 'number':
      return Number(value) || undefined;
    case 'IntOrString': {
      const { type: isText, intVal, strVal } = message(type, bytesOf(value));
      return isText === 1 ? strVal : intVal;
    }
    default:
      return message(type, bytesOf(value));
  }
}

/** The status of an object is the server's to say. */
function isByServer(kind: string, no: number): boolean {
  const status: Readonly<Record<string, number>> = {
    Namespace: 3,
    Service: 3,
    Deployment: 3,
    HorizontalPodAutoscaler: 3,
    SelfSubjectAccessReview: 3,
    SelfSubjectReview: 2,
    SelfSubjectRulesReview: 3,
  };
  return status[kind] === no;
}

/** 0, nothing, or a message that holds nothing else. */
function isBlank(value: Value): boolean {
  if (typeof value === 'number') return value === 0;
  if (value.length === 0) return true;
  try {
    return fieldsOf(value).every((field) => isBlank(field.value));
  } catch {
    return false;
  }
}

/** The fields of a message in their order. Groups and fixed widths occur in no Kubernetes object but in doubles, which none here has. */
function fieldsOf(bytes: Uint8Array): Field[] {
  const fields: Field[] = [];
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let shift = 0; shift < 10; shift++) {
      const byte = bytes[at++];
      if (byte === undefined) break;
      value += (byte & 0x7f) * 2 ** (7 * shift);
      if (byte < 0x80) return value;
    }
    throw unreadable('the body is no whole Protobuf message');
  };
  while (at < bytes.length) {
    const tag = varint();
    const wire = tag % 8;
    if (wire !== 0 && wire !== 2) throw unreadable('the body is no Protobuf message of Kubernetes');
    const length = varint();
    if (wire === 2 && at + length > bytes.length) throw unreadable('the body is no whole Protobuf message');
    fields.push({ no: Math.floor(tag / 8), value: wire === 0 ? length : bytes.subarray(at, at + length) });
    if (wire === 2) at += length;
  }
  return fields;
}

function bytesOf(value: Value | undefined): Uint8Array {
  return value instanceof Uint8Array ? value : new Uint8Array();
}

function textOf(value: Value | undefined): string {
  return new TextDecoder().decode(bytesOf(value));
}
