// The files that the commands of commands.ts apply, as YAML. Data only.

export const OBJECTS = {
  'app.yaml': `apiVersion: apps/v1
kind: Deployment
metadata:
  name: shop
  labels: {app: shop, tier: front}
spec:
  replicas: 2
  selector: {matchLabels: {app: shop}}
  template:
    metadata: {labels: {app: shop}}
    spec:
      containers:
        - name: shop
          image: shop:1.0
          ports: [{name: http, containerPort: 8080}]
          env: [{name: COLOUR, value: blue}]
          resources: {requests: {cpu: 100m, memory: 64Mi}, limits: {cpu: "1"}}
          readinessProbe: {httpGet: {path: /ready, port: http}}
          livenessProbe: {httpGet: {path: /alive, port: 8080}, initialDelaySeconds: 5}
          volumeMounts: [{name: settings, mountPath: /etc/shop}]
      volumes:
        - name: settings
          configMap: {name: shop-settings}
---
apiVersion: v1
kind: Service
metadata:
  name: shop
  labels: {app: shop}
spec:
  selector: {app: shop}
  ports: [{name: http, port: 80, targetPort: http}]
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: shop-settings
  labels: {app: shop}
data:
  colour: blue
  motto: |
    two
    lines
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata:
  name: shop
  labels: {app: shop}
spec:
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: shop}
  minReplicas: 2
  maxReplicas: 4
  metrics:
    - type: Resource
      resource: {name: cpu, target: {type: Utilization, averageUtilization: 80}}
`,
  'routes.yaml': `apiVersion: networking.istio.io/v1
kind: VirtualService
metadata:
  name: shop
  labels: {app: shop}
spec:
  hosts: [shop]
  http:
    - route:
        - destination: {host: shop-primary}
          weight: 90
        - destination: {host: shop-canary}
          weight: 10
---
apiVersion: split.smi-spec.io/v1alpha3
kind: TrafficSplit
metadata:
  name: shop
  labels: {app: shop}
spec:
  service: shop
  backends:
    - service: shop-primary
      weight: 90
    - service: shop-canary
      weight: 10
`,
  'changed.yaml': `apiVersion: v1
kind: ConfigMap
metadata:
  name: shop-settings
  labels: {app: shop}
data:
  colour: green
`,
  'broken.yaml': `apiVersion: apps/v1
kind: Deployment
metadata: {name: broken}
spec:
  selector: {matchLabels: {app: broken}}
  template:
    metadata: {labels: {app: other}}
    spec: {containers: [{name: a, image: a}]}
`,
  'misspelt.yaml': `apiVersion: v1
kind: ConfigMap
metadata: {name: misspelt}
dada: {a: b}
`,
};
