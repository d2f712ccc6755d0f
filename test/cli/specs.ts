// Small spec files for tests of commands.

export const podinfo = `apiVersion: flagger.app/v1beta1
kind: Canary
metadata:
  name: podinfo
  namespace: test
spec:
  provider: istio
  targetRef:
    apiVersion: apps/v1
    kind: Deployment
    name: podinfo
  service:
    port: 9898
  analysis:
    interval: 10s
    threshold: 2
    maxWeight: 50
    stepWeight: 25
    metrics:
      - name: request-success-rate
        interval: 1m
        thresholdRange:
          min: 99
`;

export const frontend = podinfo.replaceAll('podinfo', 'frontend');
export const broken = podinfo.replace('stepWeight: 25', 'stepWeight: ten').replace('threshold: 2', 'thresold: 2');
