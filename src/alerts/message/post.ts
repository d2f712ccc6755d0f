// How every chat is posted to. Pure; it must not know any chat's message.
import type { HttpRequest, SecretUse, Text } from '../../contracts.ts';

export function post(url: Text, body: string, way: { token?: SecretUse; proxy?: string }): HttpRequest {
  return {
    method: 'POST',
    url,
    headers: { 'content-type': 'application/json', ...(way.token ? { authorization: ['Bearer ', way.token] } : {}) },
    body,
    ...(way.proxy === undefined ? {} : { proxy: way.proxy }),
    timeout: 5000,
    retries: 2,
  };
}

/** Only Slack has tokens; nobody else is to be shown one. */
export function withoutToken(way: { proxy?: string }): { proxy?: string } {
  return way.proxy === undefined ? {} : { proxy: way.proxy };
}
