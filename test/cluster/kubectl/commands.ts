// What is typed at both clusters, in order, as data: every command finds what those before it left. Namespace: the context's.

export interface Command {
  /** As typed after `kubectl `; single quotes keep words together. */
  readonly type: string;
  readonly stdin?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Lines in any order: what happens at one time on both sides happens in no order. */
  readonly anyOrder?: true;
  /** The command never ends by itself: it is ended when this was printed, and `meanwhile` is typed while it runs. */
  readonly until?: RegExp;
  readonly meanwhile?: readonly string[];
}

/** Whole outputs, made equal but for names, times and addresses. */
export const COMMANDS: readonly (string | Command)[] = [
  // create
  'create deployment web --image=nginx:1.0 --replicas=2 --port=80',
  'create deployment web --image=nginx:1.0',
  'rollout status deployment/web',
  'create service clusterip plain --tcp=80:8080',
  'expose deployment web --port=80 --target-port=8080',
  "create configmap settings --from-literal=a=1 --from-literal=b=two",
  "create secret generic keys --from-literal=password=secret",
  'create namespace NS-two',
  'create namespace NS-two',
  'create serviceaccount robot',
  'create -f misspelt.yaml',
  'create -f broken.yaml',
  'apply -f app.yaml',
  'apply -f app.yaml',
  'apply -f routes.yaml',
  'apply -f app.yaml --dry-run=server',
  'apply -f changed.yaml --dry-run=client',
  'rollout status deployment/shop --timeout=20s',
  'wait --for=condition=Available deployment/shop --timeout=20s',
  "wait --for=jsonpath='{.status.readyReplicas}'=2 deployment/shop --timeout=20s",
  'wait --for=condition=Ready pod -l app=shop --timeout=20s',
  // get
  'get deploy', 'get deploy -o wide', 'get deployments shop', 'get deploy/shop deploy/web', 'get deploy --show-labels', 'get deploy -l app=shop', "get deploy -l 'app in (shop,other),tier'", "get deploy -l 'app!=shop'", 'get deploy -L app,tier',
  'get deploy shop -o yaml', 'get deploy web -o json', 'get deploy -o name', "get deploy shop -o jsonpath='{.spec.template.spec.containers[0].image} {.status.readyReplicas}'",
  "get deploy -o custom-columns=NAME:.metadata.name,IMAGE:.spec.template.spec.containers[*].image", "get deploy -o go-template='{{range .items}}{{.metadata.name}} {{end}}'", 'get deploy -A -l app=shop', 'get deploy --sort-by=.metadata.name', 'get deploy --no-headers', 'get deploy --field-selector metadata.name=web', 'get deploy --chunk-size=1',
  'get svc', 'get svc -o wide', 'get svc shop -o yaml', 'get svc web -o json',
  'get cm -l app=shop', 'get cm settings -o yaml', 'get cm -o name', 'get secret', 'get secret keys -o yaml', 'get hpa', 'get hpa -o wide', 'get hpa shop -o yaml',
  'get pods -l app=shop', 'get pods -o wide -l app=web', 'get pods --show-labels -l app=web', 'get pods -o name', 'get pods -l app=shop -o yaml', 'get rs', 'get rs -o wide', 'get rs -l app=web -o yaml',
  'get endpoints shop web', 'get endpoints plain', 'get endpoints shop -o yaml', 'get endpointslices -l kubernetes.io/service-name=shop', 'get endpointslices -l kubernetes.io/service-name=shop -o yaml', 'get endpointslices -o wide -l kubernetes.io/service-name=shop',
  'get vs', 'get virtualservices', 'get vs shop -o yaml', 'get virtualservices.networking.istio.io shop', 'get trafficsplits', 'get trafficsplits shop -o yaml', 'get ns NS', 'get ns NS -o yaml', 'get ns NS-two -o wide', 'get sa robot', 'get serviceaccount robot -o yaml', 'get all -l app=shop', 'get deploy,svc,cm -l app=shop', 'get leases', 'get ds',
  // not there
  'get deploy nobody', 'get svc nobody -o yaml', 'get nonsense', 'get deploy -n NS-none', 'get vs nobody', 'describe deploy nobody', 'delete deploy nobody', 'delete cm nobody --ignore-not-found', 'scale deploy nobody --replicas=1', 'patch deploy nobody -p {}', 'get cm -l =', 'get deploy --field-selector spec.replicas=1',
  // describe
  'describe deploy shop', 'describe deploy web', 'describe svc shop', 'describe svc plain', 'describe pod -l app=shop', 'describe hpa shop', 'describe cm shop-settings', 'describe secret keys', 'describe rs -l app=web', 'describe vs shop', 'describe ns NS', 'describe endpoints shop', 'describe sa robot', 'describe endpointslices -l kubernetes.io/service-name=shop',
  // change
  'set image deployment/shop shop=shop:1.1', 'rollout status deployment/shop --timeout=30s', 'rollout history deployment/shop', 'rollout history deployment/shop --revision=2', 'set image deployment/shop nobody=shop:1.2',
  'annotate deployment/shop kubernetes.io/change-cause=second', 'annotate deployment/shop kubernetes.io/change-cause=third', 'annotate deployment/shop kubernetes.io/change-cause=third --overwrite', 'annotate deployment/shop kubernetes.io/change-cause-', 'label deployment/shop tier=back', 'label deployment/shop tier=back --overwrite', 'label deployment/shop tier-', 'label pods -l app=web colour=red', 'label cm settings Bad_Key=?',
  'rollout pause deployment/shop', 'rollout pause deployment/shop', 'set image deployment/shop shop=shop:1.2', 'get deploy shop', 'rollout undo deployment/shop', 'rollout resume deployment/shop', 'rollout status deployment/shop --timeout=30s', 'rollout undo deployment/shop', 'rollout status deployment/shop --timeout=30s', 'rollout undo deployment/shop --to-revision=99', 'rollout history deployment/shop', 'rollout restart deployment/web', 'rollout status deployment/web --timeout=30s',
  'set env deployment/web COLOUR=red', 'set env deployment/web --list', 'set resources deployment/web --limits=cpu=200m', 'rollout status deployment/web --timeout=30s', 'autoscale deployment web --min=1 --max=3 --cpu-percent=70', 'get hpa web', 'delete hpa web',
  'scale deployment/web --replicas=3', 'scale deployment/web --current-replicas=9 --replicas=1', 'rollout status deployment/web --timeout=30s', 'scale deployment/web --replicas=0', 'wait --for=delete pod -l app=web --timeout=30s', 'get pods -l app=web', 'get deploy web', 'get endpoints web', 'get endpointslices -l kubernetes.io/service-name=web', 'get deploy web -o yaml', 'describe deploy web', 'scale rs -l app=nobody --replicas=1',
  `patch deploy web -p '{"spec":{"template":{"spec":{"containers":[{"name":"nginx","image":"nginx:1.1"}]}}}}'`, `patch deploy web --type=merge -p '{"metadata":{"labels":{"patched":"yes"}}}'`, `patch deploy web --type=json -p '[{"op":"replace","path":"/spec/replicas","value":1}]'`, `patch deploy web --type=json -p '[{"op":"remove","path":"/spec/nothing"}]'`, `patch vs shop --type=merge -p '{"spec":{"hosts":["shop","shop.example.com"]}}'`, `patch vs shop -p '{"spec":{"hosts":["shop"]}}'`, `patch deploy web --subresource=scale --type=merge -p '{"spec":{"replicas":2}}'`, `patch deploy web -p '{"spec":{"replicas":"many"}}'`, `patch deploy web -p '{"spec":{"replicas":-1}}'`, `patch svc shop -p '{"spec":{"ports":[{"port":80,"name":"web"}]}}'`, `patch cm settings --patch '{"data":{"c":"3"}}' -o yaml`,
  'rollout status deployment/web --timeout=30s',
  { type: 'edit cm settings', env: { KUBE_EDITOR: 'sed -i s/two/three/' } },
  { type: 'edit cm settings', env: { KUBE_EDITOR: 'true' } },
  'get cm settings -o yaml',
  { type: 'apply -f -', stdin: 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: piped}\ndata: {a: b}\n' },
  'apply -f changed.yaml', 'diff -f changed.yaml', 'diff -f app.yaml', 'replace -f changed.yaml', 'get cm shop-settings -o yaml', 'apply view-last-applied cm/shop-settings', 'create -f changed.yaml',
  'get --raw /api/v1/namespaces/NS/configmaps/piped', 'get --raw /nothing', 'get --raw /healthz',
  { type: 'get deploy web -w', until: /(2\/2[\s\S]*){2}$/, meanwhile: ['annotate deploy web seen=yes'] },
  // about the server
  'auth can-i create deployments', 'auth can-i get secrets -n kube-system', "auth can-i '*' '*'", 'auth whoami', 'auth can-i --list', 'api-resources', 'api-resources -o name', 'api-resources --api-group=apps', 'api-resources --namespaced=false', 'api-versions', 'version', 'version -o json', 'cluster-info', 'explain deployment', 'explain deployment.spec.replicas', 'explain vs', 'explain nonsense', 'top pods', 'top nodes', 'get nodes', 'get crd',
  'logs deploy/web', 'exec deploy/web -- ls', 'port-forward deploy/web 0:80', 'attach deploy/web', 'cp web:/a /tmp/a', 'debug deploy/web --image=busybox', 'run once --image=busybox', 'delete pod once --grace-period=0 --force', 'cordon nobody', 'apply --server-side -f changed.yaml', 'create job once --image=busybox', 'create ingress a --rule=a/b=c:80', 'create role a --verb=get --resource=pods', 'create token robot', 'create quota a',
  // events
  { type: 'get events --sort-by=.lastTimestamp', anyOrder: true }, { type: 'get events -o wide', anyOrder: true }, { type: 'events', anyOrder: true }, 'events --for deployment/web', "get events --field-selector involvedObject.kind=Deployment,reason=ScalingReplicaSet -o custom-columns=M:.message",
  // delete
  'delete cm settings', 'delete cm -l app=shop', 'delete deploy web --cascade=orphan', 'get rs -l app=web', 'delete rs -l app=web', 'delete secret/keys svc/plain', 'delete -f app.yaml', 'delete -f routes.yaml', 'delete ns NS-two --wait=false', 'delete cm --all', 'wait --for=delete pod -l app=shop --timeout=30s', 'get all', 'delete svc web --dry-run=server', 'delete svc --all',
];
