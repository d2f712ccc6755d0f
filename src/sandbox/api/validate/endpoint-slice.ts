// What EndpointSlices may say. It must not look at Services.
import type { Obj } from '../../../contracts.ts';
import type { Cause } from '../status.ts';
import { immutable, invalidValue, objects, required, unsupported } from './causes.ts';

const TYPES = ['FQDN', 'IPv4', 'IPv6'];
const IPV4 = /^(25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(\.(25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)){3}$/;

export const NOT_AN_ADDRESS = 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)';

export function isAddress(text: string): boolean {
  return IPV4.test(text);
}

function addressesOf(endpoint: unknown, path: string, type: unknown): Cause[] {
  const addresses = Array.isArray(endpoint) ? endpoint : [];
  if (addresses.length === 0) return [required(path, 'must contain at least 1 address')];
  if (type !== 'IPv4') return [];
  return addresses.flatMap((address, at) => (isAddress(String(address)) ? [] : [invalidValue(`${path}[${at}]`, address, NOT_AN_ADDRESS)]));
}

export function endpointSlice(next: Obj, before: Obj | undefined): Cause[] {
  const type = next['addressType'];
  const known =
    type === '' || type === undefined
      ? [required('addressType')]
      : TYPES.includes(String(type))
        ? []
        : [unsupported('addressType', type, TYPES)];
  const changed = before !== undefined && before['addressType'] !== type ? [immutable('addressType', type)] : [];
  const endpoints = objects(next['endpoints']).flatMap((endpoint, at) =>
    addressesOf(endpoint['addresses'], `endpoints[${at}].addresses`, type),
  );
  return [...known, ...changed, ...endpoints];
}
