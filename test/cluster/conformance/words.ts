// Which of a refusal's words are compared. Status, reason, code, and what details say, always; the message where it is Kubernetes' own.
import { isObject } from '../../../src/common/json.ts';
import type { Json, JsonObject } from '../../../src/contracts.ts';

// Not compared: a text that another library words (Go's JSON decoder, its YAML reader, its number parser), or that tells numbers of this server.
const FOREIGN: readonly RegExp[] = [
  // Go's JSON and YAML decoders.
  /(?<=cannot be handled as a \w+: )(json: cannot unmarshal|parsing time|illegal base64|converting \().*$/s,
  /(?<=cannot be handled as a \w+: )no kind .*$/s,
  /(?<=the object provided is unrecognized \(must be of type \w+\): ).*$/s,
  /^(unexpected end of JSON|invalid character|SyntaxError|json: cannot unmarshal).*$/s,
  // The whole object stands there, with its managedFields.
  /(?<=patch: Invalid value: ).*$/s,
  // resourceVersions: numbers of this server.
  /(?<=the ResourceVersion in the precondition \()\d+\) does not match the ResourceVersion in record \(\d+/,
  /(?<=too old resource version: )\d+ \(\d+\)/,
  /(?<=\bresourceVersion:)\d+/,
  // Ports that a Service is given.
  /(?<=\.nodePort: Duplicate value: )3\d{4}/,
  /(?<=duplicate nodePort: \{\w+ )3\d{4}/,
  /(?<=error decoding patch: ).*$/s,
  // Tokens are the server's own.
  /(?<=continue key is not valid: ).*$/s,
];

// Within a cause.
const PARTS: readonly RegExp[] = [/(?<=^Invalid value: )"\{.*$/s, /(?<=\bresourceVersion:)\d+/, /(?<=^Duplicate value: )3\d{4}$/];

function withoutForeign(message: string, patterns = FOREIGN): string {
  return patterns.reduce((text, pattern) => text.replace(pattern, '…'), message);
}

export function wordsOf(status: JsonObject, inText: (text: string) => string, uidOf: (uid: string) => string): JsonObject {
  const message = typeof status['message'] === 'string' ? status['message'] : undefined;
  const out: JsonObject = { ...status };
  if (message !== undefined) out['message'] = inText(withoutForeign(message));
  const details = status['details'];
  if (isObject(details)) out['details'] = detailsOf(details, inText, uidOf);
  return out;
}

function detailsOf(details: JsonObject, inText: (text: string) => string, uidOf: (uid: string) => string): Json {
  const text = inText(
    JSON.stringify({ ...details, uid: undefined }, (key, value: unknown) =>
      key === 'message' ? withoutForeign(String(value), PARTS) : value,
    ),
  );
  const uid = typeof details['uid'] === 'string' ? { uid: uidOf(details['uid']) } : {};
  const told = JSON.parse(text) as JsonObject;
  const causes = told['causes'];
  // A real server checks metadata two or three times over, and lists what it finds as often.
  const distinct = Array.isArray(causes) ? { causes: [...new Map(causes.map((cause) => [JSON.stringify(cause), cause])).values()] } : {};
  return { ...told, ...distinct, ...uid };
}
