// What is typed at both clusters, in order, as data: every command finds what those before it left. NS is the namespace.

/** What is taken out of both outputs before they are compared, and why it may differ. */
export interface Apart {
  readonly what: RegExp;
  readonly why: string;
}

export interface Command {
  /** As typed after `kubectl `; single quotes keep words together. */
  readonly type: string;
  /** Typed at the sandbox instead, where the other cluster has no short name. */
  readonly sandbox?: string;
  readonly stdin?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Of lines: 'any order' where things happen at one time, 'last' where only the end is the same, 'among' where the sandbox serves less. */
  readonly lines?: 'any order' | 'last' | 'among';
  readonly apart?: readonly Apart[];
  /** It never ends by itself: it is ended when this was printed, and `meanwhile` is typed while it runs. */
  readonly until?: RegExp;
  readonly meanwhile?: string;
}

type Line = string | Command;

const MESH_COLUMNS: Apart = { what: /GATEWAYS HOSTS (?=AGE)|\["shop"\] (?=AGE)/, why: 'the CRDs of this ring have no printed columns' };
const IDENTITY: Apart = { what: /^(Username|UID|Groups) .*/, why: 'two clusters know one by two names' };
const BUILD: Apart = {
  what: /(?<=Server Version: )\S+|(?<="(git|build|go|compiler|platform)\w*": )"[^"]*"/,
  why: 'the version that each was built as',
};
const SCALER: Apart = {
  what: /(?<=% \d+ \d+ )\d+(?= AGE)|^(Deployment pods|status):[\s\S]*/,
  why: 'the real controller looks every 15 s and asks a metrics server, which the sandbox does not have',
};
const STEPS: Apart = { what: /^ +generation: \d+$/, why: 'in how many steps a controller got there' };
const TRUST: Apart = {
  what: /^! warning: cluster .* is not verified .*$/,
  why: 'how the kubeconfig of the other cluster trusts its server',
};
const KUBELET: Apart = {
  what: /^ {2,6}(- effect: NoExecute|key: node.kubernetes.io\/.*|operator: Exists|tolerationSeconds: 300|tolerations:|serviceAccount(Name)?: default|- lastProbeTime: null|(- )?lastTransitionTime: .*|status: "True"|type: PodReadyToStartContainers|started: true|ready: true|hostIPs:|- ip: IP|imageID: ""|lastState: \{\}|observedGeneration: \d+|startTime: .*|qosClass: .*)|^(Tolerations|QoS Class|Service Account): .*|^ +node.kubernetes.io\/.*|^ {2}PodReadyToStartContainers .*/,
  why: 'a stand-in for the kubelet there, and admission that only one of them has',
};
const SET_EVENTS: Apart = {
  what: /^Events:.*|^ {2}(Type Reason Age From Message|---- ------ ---- ---- -------|Normal Successful(Create|Delete) .*)/,
  why: 'ReplicaSets in the sandbox write no Events about their pods',
};
const QUOTAS: Apart = { what: /^No (resource quota|LimitRange resource)\.$/, why: 'the sandbox serves no quotas and limits' };
const CUSTOM: Apart = { what: /^.*(flagger\.app|istio\.io|smi-spec\.io).*$/, why: 'custom resources are as their CRDs say' };

const settled = (name: string): Command => ({ type: `rollout status deployment/${name} --timeout=30s`, lines: 'last' });
const vs = (rest: string): string => `virtualservices.networking.istio.io ${rest}`.trim();

const CREATING: readonly Line[] = [
  'create deployment web --image=nginx:1.0 --replicas=2 --port=80',
  'create deployment web --image=nginx:1.0',
  settled('web'),
  'create deployment talk --image=nginx:1.0 --replicas=0 --dry-run=server -o yaml -- sh -c exit',
  'create service clusterip plain --tcp=80:8080',
  'create service nodeport open --tcp=80:8080',
  'create service externalname elsewhere --external-name example.com',
  'create service loadbalancer balanced --tcp=80 --dry-run=client -o yaml',
  'expose deployment web --port=80 --target-port=8080',
  'create configmap settings --from-literal=a=1 --from-literal=b=two',
  'create configmap from-file --from-file=changed.yaml',
  'create secret generic keys --from-literal=password=secret',
  'create secret docker-registry pull --docker-server=registry.example.com --docker-username=me --docker-password=secret',
  'create namespace NS-two',
  'create namespace NS-two',
  'create serviceaccount robot',
  'create -f misspelt.yaml',
  'create -f misspelt.yaml --validate=false',
  'create -f broken.yaml',
  'create -f nothing.yaml',
  'apply -f app.yaml',
  'apply -f app.yaml',
  'apply -f routes.yaml',
  'apply -f app.yaml --dry-run=server',
  'apply -f changed.yaml --dry-run=client',
  settled('shop'),
  'wait --for=condition=Available deployment/shop --timeout=20s',
  "wait --for=jsonpath='{.status.readyReplicas}'=2 deployment/shop --timeout=20s",
  'wait --for=condition=Ready pod -l app=shop --timeout=20s',
  'wait --for=condition=Nonsense deployment/shop --timeout=1s',
];

const READING: readonly Line[] = [
  'get deploy',
  'get deploy -o wide',
  'get deployments shop',
  'get deploy/shop deploy/web',
  'get deploy --show-labels',
  'get deploy -l app=shop',
  "get deploy -l 'app in (shop,other),tier'",
  "get deploy -l 'app!=shop'",
  'get deploy -L app,tier',
  'get deploy shop -o yaml',
  'get deploy web -o json',
  'get deploy -o name',
  "get deploy shop -o jsonpath='{.spec.template.spec.containers[0].image} {.status.readyReplicas}'",
  'get deploy -o custom-columns=NAME:.metadata.name,IMAGE:.spec.template.spec.containers[*].image',
  "get deploy -o go-template='{{range .items}}{{.metadata.name}} {{end}}'",
  'get deploy -A -l app=shop,tier=front',
  'get deploy --sort-by=.metadata.name',
  'get deploy --no-headers',
  'get deploy --field-selector metadata.name=web',
  'get deploy --chunk-size=1',
  'get deploy -o yaml',
  { type: 'get -f app.yaml', apart: [SCALER] },
  'get svc',
  'get svc -o wide',
  'get svc shop -o yaml',
  'get svc web open elsewhere -o json',
  'get cm -l app=shop',
  'get cm settings from-file -o yaml',
  'get cm -o name',
  'get secret',
  'get secret keys pull -o yaml',
  { type: 'get hpa', apart: [SCALER] },
  { type: 'get hpa -o wide', apart: [SCALER] },
  { type: 'get hpa shop -o yaml', apart: [SCALER] },
  'get pods -l app=shop',
  'get pods -o wide -l app=web',
  'get pods --show-labels -l app=web',
  'get pods -o name',
  { type: 'get pods -l app=shop -o yaml', lines: 'any order', apart: [KUBELET] },
  'get rs',
  'get rs -o wide',
  'get rs -l app=web -o yaml',
  'get endpoints shop web',
  'get endpoints plain',
  'get endpoints shop -o yaml',
  'get endpointslices -l kubernetes.io/service-name=shop',
  { type: 'get endpointslices -l kubernetes.io/service-name=shop -o yaml', apart: [STEPS] },
  'get endpointslices -o wide -l kubernetes.io/service-name=shop',
  { type: `get ${vs('')}`, sandbox: 'get vs', apart: [MESH_COLUMNS] },
  { type: `get ${vs('shop')}`, sandbox: 'get virtualservice shop', apart: [MESH_COLUMNS] },
  { type: `get ${vs('shop')} -o yaml`, sandbox: 'get vs shop -o yaml' },
  'get virtualservices.v1beta1.networking.istio.io shop -o yaml',
  { type: `describe ${vs('shop')}`, sandbox: 'describe vs shop' },
  { type: `get ${vs('nobody')}`, sandbox: 'get vs nobody' },
  'get trafficsplits',
  'get trafficsplits shop -o yaml',
  'get ns NS',
  'get ns NS -o yaml',
  'get ns NS-two -o wide',
  'get sa robot',
  'get serviceaccount robot -o yaml',
  'get all -l app=web',
  'get deploy,svc,cm -l app=shop',
  'get leases',
  'get ds',
  'get events.v1.events.k8s.io --field-selector reason=Nonsense',
];

const NOT_THERE: readonly Line[] = [
  'get deploy nobody',
  'get svc nobody -o yaml',
  'get nonsense',
  'get deploy -n NS-none',
  'create configmap a -n NS-none --from-literal=a=b',
  'describe deploy nobody',
  'delete deploy nobody',
  'delete cm nobody --ignore-not-found',
  'scale deploy nobody --replicas=1',
  'patch deploy nobody -p {}',
  'set image deployment/nobody a=b',
  'rollout status deployment/nobody',
  'annotate deployment/nobody a=b',
  'logs nobody',
  'get cm -l =',
  'get deploy --field-selector spec.replicas=1',
  'get --raw /nothing',
  'get --raw /healthz',
];

const DESCRIBING: readonly Line[] = [
  'describe deploy shop',
  'describe deploy web',
  'describe svc shop',
  'describe svc plain',
  'describe svc open elsewhere',
  { type: 'describe pod -l app=shop', lines: 'any order', apart: [KUBELET] },
  { type: 'describe hpa shop', apart: [SCALER] },
  'describe cm shop-settings',
  'describe secret keys',
  { type: 'describe rs -l app=web', apart: [SET_EVENTS] },
  { type: 'describe ns NS', apart: [QUOTAS] },
  'describe endpoints shop',
  'describe sa robot',
  'describe endpointslices -l kubernetes.io/service-name=shop',
];

const ROLLING: readonly Line[] = [
  'set image deployment/shop shop=shop:1.1',
  settled('shop'),
  { type: 'get events --sort-by=.lastTimestamp --field-selector involvedObject.kind=Deployment', lines: 'any order' },
  { type: 'get events -o wide --field-selector involvedObject.name=web,involvedObject.kind=Deployment', lines: 'any order' },
  { type: 'events --for deployment/web', lines: 'any order' },
  { type: 'events --for deployment/web --types=Warning', lines: 'any order' },
  {
    type: 'get events --field-selector involvedObject.kind=Deployment,reason=ScalingReplicaSet -o custom-columns=M:.message',
    lines: 'any order',
  },
  'get events --field-selector involvedObject.kind=Nonsense',
  { type: 'describe deploy shop', lines: 'any order' },
  {
    type: 'get events.v1.events.k8s.io --field-selector reason=ScalingReplicaSet -o custom-columns=R:.regarding.kind,N:.note,C:.deprecatedCount',
    lines: 'any order',
  },
  'rollout history deployment/shop',
  'rollout history deployment/shop --revision=2',
  'set image deployment/shop nobody=shop:1.2',
  'annotate deployment/shop kubernetes.io/change-cause=second',
  'annotate deployment/shop kubernetes.io/change-cause=third',
  'annotate deployment/shop kubernetes.io/change-cause=third --overwrite',
  'annotate deployment/shop kubernetes.io/change-cause-',
  'label deployment/shop tier=back',
  'label deployment/shop tier=back --overwrite',
  'label deployment/shop tier-',
  'label pods -l app=web colour=red',
  'label cm settings Bad_Key=?',
  'rollout pause deployment/shop',
  'rollout pause deployment/shop',
  'set image deployment/shop shop=shop:1.2',
  'get deploy shop -o jsonpath={.spec.paused}',
  'rollout undo deployment/shop',
  'rollout resume deployment/shop',
  'rollout resume deployment/shop',
  settled('shop'),
  'rollout undo deployment/shop',
  settled('shop'),
  'rollout undo deployment/shop --to-revision=99',
  'rollout undo deployment/shop --to-revision=2 --dry-run=server',
  'rollout history deployment/shop',
  'rollout restart deployment/web',
  settled('web'),
  'get deploy shop -o yaml',
  "get rs -l app=shop -o yaml --sort-by='.metadata.annotations.deployment\\.kubernetes\\.io/revision'",
];

const CHANGING: readonly Line[] = [
  'set env deployment/web COLOUR=red',
  'set env deployment/web --list',
  'set resources deployment/web --requests=cpu=200m',
  settled('web'),
  'autoscale deployment web --min=1 --max=3 --cpu-percent=70',
  { type: 'get hpa web', apart: [SCALER] },
  'delete hpa web',
  'scale deployment/web --replicas=3',
  'scale deployment/web --current-replicas=9 --replicas=1',
  settled('web'),
  'scale deployment/web --replicas=0',
  {
    type: 'wait --for=delete pod -l app=web --timeout=30s',
    apart: [{ what: /^pod\/web-\S+ condition met$/, why: 'they may be gone before anybody waits' }],
  },
  'get pods -l app=web',
  'get deploy web',
  'get endpoints web',
  'get endpointslices -l kubernetes.io/service-name=web',
  'get deploy web -o yaml',
  'scale rs -l app=nobody --replicas=1',
  `patch deploy web -p '{"spec":{"template":{"spec":{"containers":[{"name":"nginx","image":"nginx:1.1"}]}}}}'`,
  `patch deploy web -p '{"spec":{"template":{"spec":{"containers":[{"name":"nginx","image":"nginx:1.1"}]}}}}'`,
  `patch deploy web --type=merge -p '{"metadata":{"labels":{"patched":"yes"}}}'`,
  `patch deploy web --type=json -p '[{"op":"replace","path":"/spec/replicas","value":1}]'`,
  `patch deploy web --type=json -p '[{"op":"remove","path":"/spec/nothing"}]'`,
  `patch ${vs('shop')} --type=merge -p '{"spec":{"hosts":["shop","shop.example.com"]}}'`,
  { type: `patch ${vs('shop')} -p '{"spec":{"hosts":["shop"]}}'`, sandbox: `patch vs shop -p '{"spec":{"hosts":["shop"]}}'` },
  `patch deploy web --subresource=scale --type=merge -p '{"spec":{"replicas":2}}'`,
  `patch deploy web -p '{"spec":{"replicas":"many"}}'`,
  `patch deploy web -p '{"spec":{"replicas":-1}}'`,
  `patch deploy web -p '{"spec":{"selector":{"matchLabels":{"zone":"b"}}}}'`,
  `patch svc shop -p '{"spec":{"ports":[{"port":80,"name":"web"}]}}'`,
  `patch cm settings --patch '{"data":{"c":"3"}}' -o yaml`,
  settled('web'),
  { type: 'get deploy web -w', lines: 'last', until: /2\/2[\s\S]*2\/2/, meanwhile: 'annotate deploy web seen=yes' },
  { type: 'get svc shop -w --output-watch-events', until: /MODIFIED.*\n/, meanwhile: 'label svc shop seen=yes' },
  { type: 'get cm settings -w -o name', until: /settings\s+\S+settings/, meanwhile: 'annotate cm settings seen=yes' },
  { type: 'edit cm settings', env: { KUBE_EDITOR: 'sed -i s/two/three/' } },
  { type: 'edit cm settings', env: { KUBE_EDITOR: 'true' } },
  'get cm settings -o yaml',
  { type: 'apply -f -', stdin: 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: piped}\ndata: {a: b}\n' },
  'apply -f changed.yaml',
  'diff -f changed.yaml',
  {
    type: 'diff -f app.yaml',
    env: { KUBECTL_EXTERNAL_DIFF: 'diff -N -r' },
    apart: [{ what: /^diff .*/, why: 'names of its temporary files' }],
  },
  'replace -f changed.yaml',
  'get cm shop-settings -o yaml',
  'apply view-last-applied cm/shop-settings',
  'create -f changed.yaml',
];

const ABOUT: readonly Line[] = [
  'auth can-i create deployments',
  'auth can-i get secrets -n kube-system',
  "auth can-i '*' '*'",
  'auth can-i update deployments --subresource=scale',
  'auth can-i get nonsense',
  { type: 'auth whoami', apart: [IDENTITY] },
  { type: 'auth can-i --list', lines: 'among' },
  { type: 'api-resources', lines: 'among', apart: [CUSTOM] },
  { type: 'api-resources -o name', lines: 'among', apart: [CUSTOM] },
  { type: 'api-resources -o wide --api-group=apps', lines: 'among' },
  { type: 'api-resources --namespaced=false', lines: 'among' },
  { type: 'api-versions', lines: 'among', apart: [CUSTOM] },
  { type: 'version', apart: [BUILD] },
  { type: 'version -o json', apart: [BUILD] },
  'cluster-info',
  'top pods',
  'top nodes',
  'get nodes -o name',
  'cordon nobody',
  'run once --image=busybox',
  { type: 'get pod once -o jsonpath={.spec.containers[*].image}' },
  'delete pod once --grace-period=0 --force',
];

const DELETING: readonly Line[] = [
  { type: 'canary status -n NS', apart: [TRUST] },
  { type: 'canary status nobody -n NS', apart: [TRUST] },
  'delete cm settings',
  'delete cm -l app=shop',
  'delete deploy web --cascade=orphan',
  'get rs -l app=web -o name',
  'delete rs -l app=web',
  'delete secret/keys svc/plain',
  'delete -f app.yaml',
  'delete -f routes.yaml',
  'delete ns NS-two --wait=false',
  {
    type: 'wait --for=delete pod -l app=shop --timeout=30s',
    lines: 'last',
    apart: [{ what: /^pod\/shop-\S+ condition met$/, why: 'they may be gone before anybody waits' }],
  },
  'get deploy,rs,pods',
  'delete svc web --dry-run=server',
  'delete svc --all',
  'delete cm --all',
  'delete nonsense a',
];

export const COMMANDS: readonly Command[] = [CREATING, READING, NOT_THERE, DESCRIBING, ROLLING, CHANGING, ABOUT, DELETING]
  .flat()
  .map((line) => (typeof line === 'string' ? { type: line } : line));

/** What the sandbox does not do, and the words in which it says so. Each ends with code 1. */
export const REFUSED: readonly { readonly type: string; readonly says: RegExp }[] = [
  { type: 'logs deploy/left', says: /the sandbox runs no containers: pod "left-\S+" has no logs/ },
  { type: 'exec deploy/left -- ls', says: /the sandbox runs no containers: pod "left-\S+" can run no command/ },
  { type: 'attach deploy/left', says: /the sandbox runs no containers: pod "left-\S+" has nothing to attach to/ },
  { type: 'port-forward deploy/left 0:80', says: /the sandbox runs no containers: pod "left-\S+" has no port to forward to/ },
  { type: 'apply --server-side -f changed.yaml', says: /Server-side apply not available on the server/ },
  { type: 'explain deployment.spec.replicas', says: /not found in OpenAPI schema/ },
  { type: 'create job once --image=busybox', says: /the server could not find the requested resource \(post jobs\.batch\)/ },
  { type: 'create role a --verb=get --resource=pods', says: /the server could not find the requested resource \(post roles/ },
  { type: 'get crd', says: /the server doesn't have a resource type "crd"/ },
];
