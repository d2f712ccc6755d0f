import { readFileSync } from 'node:fs';
import { test } from '@jest/globals';
import { stage } from '../../support/stage.ts';
test('x', async () => {
  const input = readFileSync('test/parity/recordings/seed2-reviews/input.yaml', 'utf8') + `
---
apiVersion: v1
kind: Service
metadata: {name: reviews, labels: {mine: yes}}
spec: {selector: {app: reviews}, ports: [{name: http, port: 9080, targetPort: 9080}]}
`;
  const at = await stage('test', input.replace('mine: yes', "mine: 'yes'"), { queries: [['histogram_quantile', 0.12], ['', 99.9]] });
  await at.run();
  const before = at.sandbox.clock.now();
  let n = 0;
  const r = await Promise.race([at.remove({ api: (send) => (w, s) => { if (w.method !== 'GET' && ++n < 60) console.log(w.method, w.url.slice(-70), w.body?.slice(0, 150)); return send(w, s); } }), at.sandbox.clock.sleep(300_000, new AbortController().signal)]);
  console.log(JSON.stringify(r)?.slice(0, 500), n, at.sandbox.clock.now() - before);
}, 30000);
