// One request on a connection of its own, and what became of it. It never throws and never rejects: whatever happens is an entry.
import { request, type ClientRequest, type IncomingMessage } from 'node:http';
import type { Entry } from './entry.ts';
import { originOf, type Naming } from './origin.ts';

export interface Question {
  readonly url: string;
  /** The Host header: the name that is routed by, not the address that is asked. */
  readonly host: string;
  readonly headers: Readonly<Record<string, string>>;
  /** For the whole of it, in milliseconds. */
  readonly timeout: number;
  readonly naming: Naming;
}

type Outcome = Omit<Entry, 'at' | 'due' | 'took'>;

/** What an answer may weigh; podinfo's have 300 bytes. */
const maxBytes = 64 * 1024;

export async function ask(question: Question, due: number): Promise<Entry> {
  const at = Date.now();
  const began = performance.now();
  const outcome = await outcomeOf(question);
  return { at, due: Math.round(due), took: Math.round((performance.now() - began) * 10) / 10, ...outcome };
}

function outcomeOf(question: Question): Promise<Outcome> {
  return new Promise((resolve) => {
    let asked: ClientRequest | undefined;
    let status: number | undefined;
    const finish = (outcome: Outcome): void => {
      clearTimeout(timer);
      resolve(outcome);
      asked?.destroy();
    };
    const fail = (error: string): void => finish(status === undefined ? { error } : { status, error });
    const timer = setTimeout(() => fail('TIMEOUT'), question.timeout);
    try {
      asked = send(question, (answer) => {
        status = answer.statusCode ?? 0;
        readAnswer(answer, { naming: question.naming, finish, fail });
      });
      asked.on('error', (error) => fail(codeOf(error)));
      // The last word where Node says neither that it failed nor that it is over.
      asked.on('close', () => fail('CUT'));
    } catch (error) {
      fail(codeOf(error));
    }
  });
}

function send({ url, host, headers }: Question, onAnswer: (answer: IncomingMessage) => void): ClientRequest {
  // No agent: a pool would hide whom the proxy gives a new connection to.
  return request(url, { agent: false, headers: { accept: '*/*', ...headers, host, connection: 'close' } }, onAnswer).end();
}

interface Reading {
  readonly naming: Naming;
  readonly finish: (outcome: Outcome) => void;
  readonly fail: (error: string) => void;
}

function readAnswer(answer: IncomingMessage, { naming, finish, fail }: Reading): void {
  const status = answer.statusCode ?? 0;
  let body = '';
  answer.setEncoding('utf8');
  answer.on('data', (part: string) => {
    body += part;
    if (body.length > maxBytes) fail('TOO_LONG');
  });
  answer.on('end', () => finish({ status, ...originOf({ status, rawHeaders: answer.rawHeaders, body }, naming) }));
  answer.on('error', () => fail('CUT'));
}

function codeOf(error: unknown): string {
  const { code, message } = error as { code?: unknown; message?: unknown };
  return typeof code === 'string' ? code : String(message);
}
