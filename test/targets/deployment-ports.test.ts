// Port discovery: equal to the recording istio-full's Services, and never a port that the Service could not take.
import { describe, expect, test } from '@jest/globals';
import type { Canary, JsonObject, Obj } from '../../src/contracts.ts';
import { deployment } from '../../src/targets/deployment.ts';
import { canaryOf } from '../support/found.ts';
import { changed, podinfo, podinfoPrimary, see } from './podinfo.ts';

function service(more: Partial<Canary['service']> = {}): Canary {
  return canaryOf({ service: { ...canaryOf().service, port: 80, portName: 'http-web', targetPort: 'http', portDiscovery: true, ...more } });
}

function withContainers(object: Obj, ...containers: JsonObject[]): Obj {
  return changed(object, { spec: { template: { spec: { containers } } } });
}

/** The container of istio-full. */
const podinfod = {
  name: 'podinfod',
  ports: [
    { name: 'http', containerPort: 9898, protocol: 'TCP' },
    { name: 'grpc', containerPort: 9999, protocol: 'TCP' },
    { containerPort: 8080 },
  ],
};
const grpc = { name: 'grpc', protocol: 'TCP', port: 9999, targetPort: 9999 };
const unnamed = { name: 'tcp-podinfod-2', protocol: 'TCP', port: 8080, targetPort: 8080 };

function ports(canary: Canary, ...containers: JsonObject[]): JsonObject[] {
  return deployment.ports(see([withContainers(podinfo(), ...containers)], canary));
}

describe('ports', () => {
  test("are the recording's, without the Service's own", () => {
    expect(ports(service(), podinfod)).toEqual([grpc, unnamed]);
    expect(ports(service({ targetPort: 9898 }), podinfod)).toEqual([grpc, unnamed]);
  });

  test('are none where nobody asked for them', () => {
    expect(ports(service({ portDiscovery: false }), podinfod)).toEqual([]);
  });

  test.each(['istio-proxy', 'envoy'])('leave out those of %s', (name) => {
    expect(ports(service(), podinfod, { name, ports: [{ name: 'stats', containerPort: 15090 }] })).toEqual([grpc, unnamed]);
  });

  test('keep their protocol', () => {
    const dns = {
      name: 'dns',
      ports: [
        { containerPort: 53, protocol: 'UDP' },
        { containerPort: 53, protocol: 'TCP' },
      ],
    };
    expect(ports(service(), dns)).toEqual([
      { name: 'udp-dns-0', protocol: 'UDP', port: 53, targetPort: 53 },
      { name: 'tcp-dns-1', protocol: 'TCP', port: 53, targetPort: 53 },
    ]);
  });

  test("never clash with the Service's own, nor with each other", () => {
    const other = {
      name: 'side',
      ports: [
        { name: 'web', containerPort: 80 },
        { name: 'http-web', containerPort: 81 },
        { name: 'grpc', containerPort: 82 },
      ],
    };
    expect(ports(service(), podinfod, other)).toEqual([grpc, unnamed, { name: 'tcp-side-1', protocol: 'TCP', port: 81, targetPort: 81 }]);
  });

  test('have names that Kubernetes takes', () => {
    const [port] = ports(service(), { name: 'x'.repeat(63), ports: [{ containerPort: 81 }] });
    expect(port?.['name']).toBe(`tcp-${'x'.repeat(57)}-0`);
  });

  test('of the primary stay until it is promoted', () => {
    const primary = withContainers(podinfoPrimary(), podinfod);
    const target = withContainers(podinfo(), { name: 'podinfod', ports: [{ name: 'admin', containerPort: 7000 }] });
    const admin = { name: 'admin', protocol: 'TCP', port: 7000, targetPort: 7000 };
    expect(deployment.ports(see([target, primary], service()))).toEqual([grpc, unnamed, admin]);
  });
});
