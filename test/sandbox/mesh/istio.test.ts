// Istio's reference of VirtualService, sentence by sentence.
import { describe, expect, test } from '@jest/globals';
import { specialClients, wayOf, type Client } from '../../../src/sandbox/mesh/index.ts';
import { apex, obj, podinfo, readAs, route, virtual, world } from './podinfo.ts';

const toPrimary = ['podinfo-primary 100'];
const toCanary = ['podinfo-canary 100'];

/** A rule for the canary behind that match, and one for everybody else. */
function marked(match: string, more = ''): string {
  return `{hosts: [podinfo], ${more} http: [{match: [${match}], ${route(0, 100)}}, {${route(100, 0)}}]}`;
}

function ask(match: string, client: Client, more = ''): boolean {
  const answer = readAs(client, virtual(marked(match, more)));
  if (answer.join() === toCanary.join()) return true;
  expect(answer).toEqual(toPrimary);
  return false;
}

const firefox = { headers: { 'user-agent': 'Mozilla Firefox/130' } };

describe('a request is for a rule', () => {
  test.each<[string, Client, boolean]>([
    ['{uri: {prefix: /api}}', { path: '/api/v1' }, true],
    ['{uri: {prefix: /api}}', { path: '/web' }, false],
    ['{uri: {exact: /web}}', { path: '/web?a=b' }, true],
    ['{uri: {exact: /web}}', { path: '/web/' }, false],
    ['{uri: {regex: "/v[12]/.*"}}', { path: '/v2/x' }, true],
    ['{uri: {regex: "/v[12]"}}', { path: '/v2/x' }, false],
    ['{uri: {exact: /Web}, ignoreUriCase: true}', { path: '/WEB' }, true],
    ['{uri: {regex: /Web}, ignoreUriCase: true}', { path: '/WEB' }, false],
    ['{uri: {exact: /web}, method: {exact: GET}}', { path: '/web', method: 'GET' }, true],
    ['{uri: {exact: /web}, method: {exact: GET}}', { path: '/web', method: 'POST' }, false],
    ['{headers: {user-agent: {regex: ".*Firefox.*"}}}', firefox, true],
    ['{headers: {user-agent: {regex: "Firefox"}}}', firefox, false],
    ['{headers: {user-agent: {regex: "(?i).*FIREFOX.*"}}}', firefox, true],
    ['{headers: {user-agent: {regex: "("}}}', firefox, false],
    ['{headers: {User-Agent: {prefix: Mozilla}}}', firefox, true],
    ['{headers: {user-agent: {suffix: "130"}}}', firefox, false],
    ['{headers: {user-agent: {}}}', firefox, true],
    ['{headers: {x-canary: {}}}', firefox, false],
    ['{headers: {x-canary: {regex: ".*"}}}', {}, false],
    ['{headers: {x-canary: {exact: "1"}, user-agent: {prefix: M}}}', firefox, false],
    ['{headers: {x-canary: {exact: "1"}}}, {headers: {user-agent: {prefix: M}}}', firefox, true],
    ['{withoutHeaders: {user-agent: {prefix: Moz}}}', firefox, false],
    ['{withoutHeaders: {user-agent: {prefix: Moz}}}', {}, true],
    ['{withoutHeaders: {user-agent: {}}}', firefox, false],
    ['{queryParams: {v: {exact: "2"}}}', { path: '/?v=2' }, true],
    ['{queryParams: {v: {regex: "[0-9]"}}}', { query: { v: '2' } }, true],
    ['{queryParams: {v: {exact: "2"}}}', { path: '/?v=3' }, false],
    ['{sourceLabels: {app: web}}', { labels: { app: 'web', a: 'b' } }, true],
    ['{sourceLabels: {app: web, a: c}}', { labels: { app: 'web', a: 'b' } }, false],
    ['{sourceNamespace: prod}', { namespace: 'prod' }, true],
    ['{sourceNamespace: prod}', { namespace: 'test' }, false],
    ['{}', {}, true],
  ])('%s of %j: %s', (match, client, expected) => {
    expect(ask(match, client)).toBe(expected);
  });

  test.each<[string, Client, boolean]>([
    ['{gateways: [mesh]}', { gateway: 'mesh' }, true],
    ['{gateways: [mesh]}', { gateway: 'test/public' }, false],
    ['{gateways: [public]}', { gateway: 'test/public' }, true],
    ['{gateways: [istio-system/public]}', { gateway: 'test/public' }, false],
    ['{gateways: [public]}', {}, true],
    // Where gateways are named, labels of the source are not looked at.
    ['{gateways: [public], sourceLabels: {a: b}}', { gateway: 'test/public' }, true],
  ])('%s at a gateway, of %j: %s', (match, client, expected) => {
    expect(ask(match, client, 'gateways: [public, mesh],')).toBe(expected);
  });

  test('at a door that the VirtualService is not open at, Kubernetes answers', () => {
    expect(readAs({ gateway: 'test/public' }, virtual(`{hosts: [podinfo], http: [{${route(0, 100)}}]}`))).toEqual(['podinfo 100']);
    expect(readAs({ gateway: 'mesh' }, virtual(`{hosts: [podinfo], gateways: [public], http: [{${route(0, 100)}}]}`))).toEqual([
      'podinfo 100',
    ]);
  });

  test('the first that fits takes it', () => {
    const rule = (percent: number) => `{match: [{headers: {a: {}}}], ${route(100 - percent, percent)}}`;
    const both = virtual(`{hosts: [podinfo], http: [${rule(30)}, ${rule(70)}]}`);
    expect(readAs({ headers: { a: '1' } }, both)).toEqual(['podinfo-primary 70', 'podinfo-canary 30']);
    expect(readAs({}, both)).toEqual([]);
  });
});

test('connections go by tcp rules, and are no requests', () => {
  const way = wayOf(world(...podinfo, virtual(`{hosts: [podinfo], tcp: [{match: [{port: 9898}], ${route(75, 25)}}]}`)), apex);
  expect(way.shares.map(({ service, percent }) => [service, percent])).toEqual([
    ['podinfo-primary', 75],
    ['podinfo-canary', 25],
  ]);
  expect(way.tcp).toBe(true);
  expect(wayOf(world(...podinfo, virtual(marked('{}'))), apex).tcp).toBe(false);
});

describe('copies', () => {
  function copies(fields: string): [string, number][] {
    const way = wayOf(world(...podinfo, virtual(`{hosts: [podinfo], http: [{${fields}, ${route(100, 0)}}]}`)), apex);
    expect(way.shares.map(({ service, percent }) => `${service} ${percent}`)).toEqual(toPrimary);
    return way.copies.map(({ service, percent }) => [service, percent]);
  }
  test.each<[string, [string, number][]]>([
    ['timeout: 1s', []],
    ['mirror: {host: podinfo-canary}', [['podinfo-canary', 100]]],
    ['mirror: {host: podinfo-canary}, mirrorPercentage: {value: 12.5}', [['podinfo-canary', 12.5]]],
    ['mirror: {host: podinfo-canary}, mirrorPercentage: {value: 0}', []],
    ['mirror: {host: podinfo-canary}, mirrorPercent: 20', [['podinfo-canary', 20]]],
    ['mirrorPercentage: {value: 50}', []],
    [
      'mirrors: [{destination: {host: podinfo-canary}, percentage: {value: 10}}, {destination: {host: podinfo}}]',
      [
        ['podinfo-canary', 10],
        ['podinfo', 100],
      ],
    ],
  ])('%s', (fields, expected) => {
    expect(copies(fields)).toEqual(expected);
  });

  test('only of requests of that rule', () => {
    const rules = `{match: [{headers: {a: {}}}], mirror: {host: podinfo-canary}, ${route(100, 0)}}, {${route(100, 0)}}`;
    const objects = world(...podinfo, virtual(`{hosts: [podinfo], http: [${rules}]}`));
    expect(wayOf(objects, apex).copies).toEqual([]);
    expect(wayOf(objects, apex, { headers: { a: 'b' } }).copies).toHaveLength(1);
  });
});

describe('cookies on answers', () => {
  test.each([
    ['{response: {add: {Set-Cookie: a=1}}}', '', ['a=1']],
    ['{response: {set: {set-cookie: a=1}}}', '', ['a=1']],
    ['{response: {add: {x-other: a=1}}}', '', []],
    ['{request: {add: {Set-Cookie: a=1}}}', '', []],
    ['{response: {add: {Set-Cookie: a=1}}}', 'headers: {response: {add: {Set-Cookie: b=2}}},', ['a=1', 'b=2']],
    ['{response: {add: {Set-Cookie: a=1}}}', 'headers: {response: {set: {Set-Cookie: b=2}}},', ['b=2']],
    ['{response: {add: {Set-Cookie: a=1}}}', 'headers: {response: {remove: [set-cookie]}},', []],
    ['{response: {remove: [Set-Cookie], add: {Set-Cookie: a=1}}}', '', ['a=1']],
  ])('%s %s', (headers, ofRule, expected) => {
    const spec = `{hosts: [podinfo], http: [{${ofRule} route: [{destination: {host: podinfo-canary}, headers: ${headers}}]}]}`;
    expect(wayOf(world(...podinfo, virtual(spec)), apex).shares.map(({ cookies }) => cookies)).toEqual([expected]);
  });
});

describe('delegation', () => {
  const root = (http: string, more = '') => virtual(`{hosts: [podinfo], ${more} http: [${http}]}`, 'name: root');
  const child = (http: string, more = '') => virtual(`{${more} http: [${http}]}`, 'name: child');
  const toChild = 'delegate: {name: child}';

  test('both matches must hold', () => {
    const objects = [
      root(`{match: [{uri: {prefix: /api}}], ${toChild}}, {${route(100, 0)}}`),
      child(`{match: [{headers: {a: {}}}], ${route(0, 100)}}`),
    ];
    expect(readAs({ path: '/api', headers: { a: '1' } }, ...objects)).toEqual(toCanary);
    expect(readAs({ path: '/web', headers: { a: '1' } }, ...objects)).toEqual(toPrimary);
    expect(readAs({ path: '/api' }, ...objects)).toEqual(toPrimary);
  });

  test('what the delegate leaves out it has from the root', () => {
    const mirroring = root(`{mirror: {host: podinfo-canary}, ${toChild}}`);
    expect(wayOf(world(...podinfo, mirroring, child(`{${route(100, 0)}}`)), apex).copies).toHaveLength(1);
    const way = wayOf(world(...podinfo, mirroring, child(`{mirror: {host: podinfo}, ${route(100, 0)}}`)), apex);
    expect(way.copies.map(({ service }) => service)).toEqual(['podinfo']);
  });

  test('a delegate with gateways, or one that delegates again, is none', () => {
    expect(readAs({}, root(`{${toChild}}`), child(`{${route(0, 100)}}`, 'gateways: [public],'))).toEqual([]);
    expect(readAs({}, root(`{${toChild}}`), child(`{delegate: {name: other}}`))).toEqual([]);
  });

  test('short names of a delegate are of its own namespace', () => {
    const far = obj(`{kind: VirtualService, apiVersion: x, metadata: {name: child, namespace: test}, spec: {http: [{${route(60, 40)}}]}}`);
    const outer = obj(
      `{kind: VirtualService, apiVersion: x, metadata: {name: root, namespace: edge}, spec: {hosts: [app.example.com], http: [{delegate: {name: child, namespace: test}}]}}`,
    );
    const way = wayOf(world(...podinfo, far, outer), { name: 'app.example.com', namespace: 'edge' });
    expect(way.shares.map(({ namespace, service, percent, endpoints }) => [namespace, service, percent, endpoints.length])).toEqual([
      ['test', 'podinfo-primary', 60, 2],
      ['test', 'podinfo-canary', 40, 1],
    ]);
  });

  test('the clients of a Service that only a delegate is called like come by the outer name', () => {
    const delegate = virtual(`{http: [{${route(60, 40)}}]}`);
    const outer = virtual('{hosts: [app.example.com], gateways: [public], http: [{delegate: {name: podinfo}}]}', 'name: root');
    expect(readAs({}, delegate, outer)).toEqual(['podinfo-primary 60', 'podinfo-canary 40']);
    expect(readAs({}, delegate)).toEqual(['podinfo 100']);
  });
});

describe('special clients', () => {
  function specials(spec: string): Client[] {
    return specialClients(world(...podinfo, virtual(spec)), apex);
  }

  test.each<[string, Client[]]>([
    ['{uri: {prefix: /api}}, {method: {exact: GET}}', []],
    ['{headers: {x-canary: {exact: insider}}}', [{ headers: { 'x-canary': 'insider' } }]],
    ['{headers: {X-Canary: {}}}', [{ headers: { 'x-canary': 'x' } }]],
    ['{headers: {cookie: {regex: "^(.*?;)?(canary=always)(;.*)?$"}}}', [{ headers: { cookie: 'canary=always' } }]],
    ['{headers: {a: {prefix: b}, c: {exact: d}}, uri: {prefix: /}}', [{ headers: { a: 'b', c: 'd' } }]],
    ['{headers: {a: {exact: b}}}, {headers: {a: {exact: b}}}', [{ headers: { a: 'b' } }]],
    ['{headers: {a: {regex: "(?=b)"}}}', []],
    ['{queryParams: {v: {exact: "2"}}}', [{ query: { v: '2' } }]],
    ['{sourceLabels: {app: web}, sourceNamespace: prod}', [{ labels: { app: 'web' }, namespace: 'prod' }]],
    ['{gateways: [public], sourceLabels: {app: web}}', []],
    ['{withoutHeaders: {a: {}}}', []],
  ])('%s', (match, expected) => {
    expect(specials(marked(match))).toEqual(expected);
  });

  test('each gets what the rule is for', () => {
    const regexes = ['.*Firefox.*', '^(.*?;)?(type=insider)(;.*)?$', 'v[0-9]+\\.\\d{2}', '(a|b)c?', '[^a-z]+z', '\\w+@\\S+'];
    const spec = marked(regexes.map((regex) => `{headers: {a: {regex: '${regex}'}}}`).join(', '));
    const found = specials(spec);
    expect(found).toHaveLength(regexes.length);
    for (const client of found) expect(readAs(client, virtual(spec))).toEqual(toCanary);
  });

  test('nobody has a cookie that the route itself gives out or takes back', () => {
    const match = 'match: [{headers: {Cookie: {regex: ".*flagger-cookie.*TAUMJyiiAX.*"}}}]';
    const answer = (line: string) => `headers: {response: {add: {Set-Cookie: "flagger-cookie=TAUMJyiiAX; ${line}"}}}`;
    const giving = `{hosts: [podinfo], http: [{${match}, ${route(0, 100)}}, {route: [{destination: {host: podinfo-canary}, ${answer('Max-Age=60')}}]}]}`;
    const taking = `{hosts: [podinfo], http: [{${match}, ${answer('Max-Age=-1')}, ${route(100, 0)}}, {${route(100, 0)}}]}`;
    expect(specials(giving)).toEqual([]);
    expect(specials(taking)).toEqual([]);
    expect(specials(`{hosts: [podinfo], http: [{${match}, ${route(0, 100)}}]}`)).toHaveLength(1);
  });

  test('where nothing names the host, there are none', () => {
    expect(specialClients(world(...podinfo), apex)).toEqual([]);
  });
});
