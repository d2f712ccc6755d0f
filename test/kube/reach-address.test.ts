// Which addresses may mean a Service of the cluster.
import { describe, expect, test } from '@jest/globals';
import { isLikelySite, proxyName, serviceOf, serviceText } from '../../src/kube/reach/address.ts';

describe('names of Services', () => {
  test.each([
    ['http://prometheus:9090/x', 'prometheus.test:9090', 'prometheus:9090'],
    ['http://prometheus', 'prometheus.test:80', 'prometheus:80'],
    ['https://prometheus.mon/', 'prometheus.mon:443', 'https:prometheus:443'],
    ['http://Prometheus.Mon.svc:9090', 'prometheus.mon:9090', 'prometheus:9090'],
    ['http://a.b.svc.cluster.local/', 'a.b:80', 'a:80'],
    ['http://a.b.svc.corp/', 'a.b:80', 'a:80'],
    ['http://a.b.svc.cluster.local.:81/', 'a.b:81', 'a:81'],
    ['http://u:p@a.b/', 'a.b:80', 'a:80'],
  ])('%s', (address, text, name) => {
    const service = serviceOf(address, 'test');
    expect(service && [serviceText(service), proxyName(service)]).toEqual([text, name]);
  });

  test.each([
    'http://localhost:9090',
    'http://prom.localhost',
    'http://127.0.0.1:9090',
    'http://2130706433/',
    'http://[::1]:9090',
    'http://hooks.slack.com/x',
    'http://a.b.c/',
    'http://a.b.pod.cluster.local',
    'http://a.b.svc.clusterset.local',
    'http://a_b/',
    'http://-a/',
    'ftp://a.b',
    'nonsense',
  ])('not %s', (address) => expect(serviceOf(address, 'test')).toBeUndefined());

  test('one word is none where nobody says in which namespace', () => {
    expect(serviceOf('http://prometheus:9090', undefined)).toBeUndefined();
  });

  test('two words may be a site', () => {
    const is = (host: string): boolean | undefined => {
      const service = serviceOf(`http://${host}/`, 'test');
      return service && isLikelySite(service);
    };
    expect(['example.com', 'ntfy.sh', 'prom.monitoring', 'a.com.svc', 'com'].map(is)).toEqual([true, true, false, false, false]);
  });
});
