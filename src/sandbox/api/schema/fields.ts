// The fields of the built-in kinds, as data: what is not here is not kept. It must not say what a field means.
//
// name:type, `[` a list of, `{` a map of texts to. Without a mark a field is left out when it is empty, zero or false, unless it is a struct,
// which is always written; `?` what was sent stays, even if it is empty; `!` always written, a list as null; `0` a time that is null when unset.
import { SECOND } from './fields-second.ts';

export const FIELDS: Readonly<Record<string, string>> = {
  AWSElasticBlockStoreVolumeSource: 'volumeID:string! fsType:string partition:int readOnly:bool',
  Affinity: 'nodeAffinity:NodeAffinity? podAffinity:PodAffinity? podAntiAffinity:PodAntiAffinity?',
  AppArmorProfile: 'type:string! localhostProfile:string?',
  AttachedVolume: 'name:string! devicePath:string!',
  AzureDiskVolumeSource: 'diskName:string! diskURI:string! cachingMode:string? fsType:string? readOnly:bool? kind:string?',
  AzureFileVolumeSource: 'secretName:string! shareName:string! readOnly:bool',
  CSIVolumeSource: `
    driver:string! readOnly:bool? fsType:string? volumeAttributes:{string nodePublishSecretRef:LocalObjectReference?
  `,
  Capabilities: 'add:[string drop:[string',
  CephFSVolumeSource: 'monitors:[string! path:string user:string secretFile:string secretRef:LocalObjectReference? readOnly:bool',
  CinderVolumeSource: 'volumeID:string! fsType:string readOnly:bool secretRef:LocalObjectReference?',
  ClientIPConfig: 'timeoutSeconds:int?',
  ClusterTrustBundleProjection: 'name:string? signerName:string? labelSelector:LabelSelector? optional:bool? path:string!',
  Condition: 'type:string! status:string! observedGeneration:int lastTransitionTime:Time! reason:string! message:string!',
  ConfigMap: 'apiVersion:string kind:string metadata:ObjectMeta immutable:bool? data:{string? binaryData:{bytes?',
  ConfigMapEnvSource: 'name:string optional:bool?',
  ConfigMapKeySelector: 'name:string key:string! optional:bool?',
  ConfigMapNodeConfigSource: 'namespace:string! name:string! uid:string resourceVersion:string kubeletConfigKey:string!',
  ConfigMapProjection: 'name:string items:[KeyToPath optional:bool?',
  ConfigMapVolumeSource: 'name:string items:[KeyToPath defaultMode:int? optional:bool?',
  Container: `
    name:string! image:string command:[string args:[string workingDir:string ports:[ContainerPort envFrom:[EnvFromSource env:[EnvVar
    resources:ResourceRequirements resizePolicy:[ContainerResizePolicy restartPolicy:string? restartPolicyRules:[ContainerRestartRule
    volumeMounts:[VolumeMount volumeDevices:[VolumeDevice livenessProbe:Probe? readinessProbe:Probe? startupProbe:Probe?
    lifecycle:Lifecycle? terminationMessagePath:string terminationMessagePolicy:string imagePullPolicy:string
    securityContext:SecurityContext? stdin:bool stdinOnce:bool tty:bool
  `,
  ContainerExtendedResourceRequest: 'containerName:string! resourceName:string! requestName:string!',
  ContainerImage: 'names:[string! sizeBytes:int',
  ContainerPort: 'name:string hostPort:int containerPort:int! protocol:string hostIP:string',
  ContainerResizePolicy: 'resourceName:string! restartPolicy:string!',
  ContainerResourceMetricSource: 'name:string! target:MetricTarget! container:string!',
  ContainerResourceMetricStatus: 'name:string! current:MetricValueStatus! container:string!',
  ContainerRestartRule: 'action:string exitCodes:ContainerRestartRuleOnExitCodes?',
  ContainerRestartRuleOnExitCodes: 'operator:string values:[int',
  ContainerState: 'waiting:ContainerStateWaiting? running:ContainerStateRunning? terminated:ContainerStateTerminated?',
  ContainerStateRunning: 'startedAt:Time0',
  ContainerStateTerminated: 'exitCode:int! signal:int reason:string message:string startedAt:Time0 finishedAt:Time0 containerID:string',
  ContainerStateWaiting: 'reason:string message:string',
  ContainerStatus: `
    name:string! state:ContainerState lastState:ContainerState ready:bool! restartCount:int! image:string! imageID:string!
    containerID:string started:bool? allocatedResources:{Quantity resources:ResourceRequirements? volumeMounts:[VolumeMountStatus
    user:ContainerUser? allocatedResourcesStatus:[ResourceStatus stopSignal:string?
  `,
  ContainerUser: 'linux:LinuxContainerUser?',
  CrossVersionObjectReference: 'kind:string! name:string! apiVersion:string',
  DaemonEndpoint: 'Port:int!',
  DaemonSet: 'apiVersion:string kind:string metadata:ObjectMeta spec:DaemonSetSpec status:DaemonSetStatus',
  DaemonSetCondition: 'type:string! status:string! lastTransitionTime:Time0 reason:string message:string',
  DaemonSetSpec: `
    selector:LabelSelector? template:PodTemplateSpec! updateStrategy:DaemonSetUpdateStrategy minReadySeconds:int
    revisionHistoryLimit:int?
  `,
  DaemonSetStatus: `
    currentNumberScheduled:int! numberMisscheduled:int! desiredNumberScheduled:int! numberReady:int! observedGeneration:int
    updatedNumberScheduled:int numberAvailable:int numberUnavailable:int collisionCount:int? conditions:[DaemonSetCondition
  `,
  DaemonSetUpdateStrategy: 'type:string rollingUpdate:RollingUpdateDaemonSet?',
  Deployment: 'apiVersion:string kind:string metadata:ObjectMeta spec:DeploymentSpec status:DeploymentStatus',
  DeploymentCondition: 'type:string! status:string! lastUpdateTime:Time0 lastTransitionTime:Time0 reason:string message:string',
  DeploymentSpec: `
    replicas:int? selector:LabelSelector? template:PodTemplateSpec! strategy:DeploymentStrategy minReadySeconds:int
    revisionHistoryLimit:int? paused:bool progressDeadlineSeconds:int?
  `,
  DeploymentStatus: `
    observedGeneration:int replicas:int updatedReplicas:int readyReplicas:int availableReplicas:int unavailableReplicas:int
    terminatingReplicas:int? conditions:[DeploymentCondition collisionCount:int?
  `,
  DeploymentStrategy: 'type:string rollingUpdate:RollingUpdateDeployment?',
  DownwardAPIProjection: 'items:[DownwardAPIVolumeFile',
  DownwardAPIVolumeFile: 'path:string! fieldRef:ObjectFieldSelector? resourceFieldRef:ResourceFieldSelector? mode:int?',
  DownwardAPIVolumeSource: 'items:[DownwardAPIVolumeFile defaultMode:int?',
  EmptyDirVolumeSource: 'medium:string sizeLimit:Quantity?',
  Endpoint: `
    addresses:[string! conditions:EndpointConditions hostname:string? targetRef:ObjectReference? deprecatedTopology:{string
    nodeName:string? zone:string? hints:EndpointHints?
  `,
  EndpointAddress: 'ip:string! hostname:string nodeName:string? targetRef:ObjectReference?',
  EndpointConditions: 'ready:bool? serving:bool? terminating:bool?',
  EndpointHints: 'forZones:[ForZone forNodes:[ForNode',
  EndpointPort: 'name:string port:int! protocol:string appProtocol:string?',
  EndpointSlice: `
    apiVersion:string kind:string metadata:ObjectMeta addressType:string! endpoints:[Endpoint! ports:[EndpointSlicePort!
  `,
  EndpointSlicePort: 'name:string? protocol:string? port:int? appProtocol:string?',
  EndpointSubset: 'addresses:[EndpointAddress notReadyAddresses:[EndpointAddress ports:[EndpointPort',
  Endpoints: 'apiVersion:string kind:string metadata:ObjectMeta subsets:[EndpointSubset',
  EnvFromSource: 'prefix:string configMapRef:ConfigMapEnvSource? secretRef:SecretEnvSource?',
  EnvVar: 'name:string! value:string valueFrom:EnvVarSource?',
  EnvVarSource: `
    fieldRef:ObjectFieldSelector? resourceFieldRef:ResourceFieldSelector? configMapKeyRef:ConfigMapKeySelector?
    secretKeyRef:SecretKeySelector? fileKeyRef:FileKeySelector?
  `,
  EphemeralContainer: `
    name:string! image:string command:[string args:[string workingDir:string ports:[ContainerPort envFrom:[EnvFromSource env:[EnvVar
    resources:ResourceRequirements resizePolicy:[ContainerResizePolicy restartPolicy:string? restartPolicyRules:[ContainerRestartRule
    volumeMounts:[VolumeMount volumeDevices:[VolumeDevice livenessProbe:Probe? readinessProbe:Probe? startupProbe:Probe?
    lifecycle:Lifecycle? terminationMessagePath:string terminationMessagePolicy:string imagePullPolicy:string
    securityContext:SecurityContext? stdin:bool stdinOnce:bool tty:bool targetContainerName:string
  `,
  EphemeralVolumeSource: 'volumeClaimTemplate:PersistentVolumeClaimTemplate?',
  Event: `
    apiVersion:string kind:string metadata:ObjectMeta! involvedObject:ObjectReference! reason:string message:string source:EventSource
    firstTimestamp:Time0 lastTimestamp:Time0 count:int type:string eventTime:MicroTime0 series:EventSeries? action:string
    related:ObjectReference? reportingComponent:string! reportingInstance:string!
  `,
  EventSeries: 'count:int lastObservedTime:MicroTime0',
  EventSource: 'component:string host:string',
  ExecAction: 'command:[string',
  ExternalMetricSource: 'metric:MetricIdentifier! target:MetricTarget!',
  ExternalMetricStatus: 'metric:MetricIdentifier! current:MetricValueStatus!',
  FCVolumeSource: 'targetWWNs:[string lun:int? fsType:string readOnly:bool wwids:[string',
  FileKeySelector: 'volumeName:string! path:string! key:string! optional:bool?',
  FlexVolumeSource: 'driver:string! fsType:string secretRef:LocalObjectReference? readOnly:bool options:{string',
  FlockerVolumeSource: 'datasetName:string datasetUUID:string',
  ForNode: 'name:string!',
  ForZone: 'name:string!',
  GCEPersistentDiskVolumeSource: 'pdName:string! fsType:string partition:int readOnly:bool',
  GRPCAction: 'port:int! service:string?',
  GitRepoVolumeSource: 'repository:string! revision:string directory:string',
  GlusterfsVolumeSource: 'endpoints:string! path:string! readOnly:bool',
  HPAScalingPolicy: 'type:string! value:int! periodSeconds:int!',
  HPAScalingRules: 'stabilizationWindowSeconds:int? selectPolicy:string? policies:[HPAScalingPolicy tolerance:Quantity?',
  HTTPGetAction: 'path:string port:IntOrString! host:string scheme:string httpHeaders:[HTTPHeader',
  HTTPHeader: 'name:string! value:string!',
  HorizontalPodAutoscaler: `
    apiVersion:string kind:string metadata:ObjectMeta spec:HorizontalPodAutoscalerSpec status:HorizontalPodAutoscalerStatus
  `,
  HorizontalPodAutoscalerBehavior: 'scaleUp:HPAScalingRules? scaleDown:HPAScalingRules?',
  HorizontalPodAutoscalerCondition: 'type:string! status:string! lastTransitionTime:Time0 reason:string message:string',
  HorizontalPodAutoscalerSpec: `
    scaleTargetRef:CrossVersionObjectReference! minReplicas:int? maxReplicas:int! metrics:[MetricSpec
    behavior:HorizontalPodAutoscalerBehavior?
  `,
  HorizontalPodAutoscalerStatus: `
    observedGeneration:int? lastScaleTime:Time? currentReplicas:int desiredReplicas:int! currentMetrics:[MetricStatus!
    conditions:[HorizontalPodAutoscalerCondition
  `,
  HostAlias: 'ip:string! hostnames:[string',
  HostIP: 'ip:string!',
  HostPathVolumeSource: 'path:string! type:string?',
  ISCSIVolumeSource: `
    targetPortal:string! iqn:string! lun:int! iscsiInterface:string fsType:string readOnly:bool portals:[string chapAuthDiscovery:bool
    chapAuthSession:bool secretRef:LocalObjectReference? initiatorName:string?
  `,
  ImageVolumeSource: 'reference:string pullPolicy:string',
  KeyToPath: 'key:string! path:string! mode:int?',
  LabelSelector: 'matchLabels:{string matchExpressions:[LabelSelectorRequirement',
  LabelSelectorRequirement: 'key:string! operator:string! values:[string',
  Lease: 'apiVersion:string kind:string metadata:ObjectMeta spec:LeaseSpec',
  LeaseSpec: `
    holderIdentity:string? leaseDurationSeconds:int? acquireTime:MicroTime? renewTime:MicroTime? leaseTransitions:int?
    strategy:string? preferredHolder:string?
  `,
  Lifecycle: 'postStart:LifecycleHandler? preStop:LifecycleHandler? stopSignal:string?',
  LifecycleHandler: 'exec:ExecAction? httpGet:HTTPGetAction? tcpSocket:TCPSocketAction? sleep:SleepAction?',
  LinuxContainerUser: 'uid:int! gid:int! supplementalGroups:[int',
  LoadBalancerIngress: 'ip:string hostname:string ipMode:string? ports:[PortStatus',
  LoadBalancerStatus: 'ingress:[LoadBalancerIngress',
  LocalObjectReference: 'name:string',
  ManagedFieldsEntry: `
    manager:string operation:string apiVersion:string time:Time? fieldsType:string fieldsV1:any? subresource:string
  `,
  MetricIdentifier: 'name:string! selector:LabelSelector?',
  MetricSpec: `
    type:string! object:ObjectMetricSource? pods:PodsMetricSource? resource:ResourceMetricSource?
    containerResource:ContainerResourceMetricSource? external:ExternalMetricSource?
  `,
  MetricStatus: `
    type:string! object:ObjectMetricStatus? pods:PodsMetricStatus? resource:ResourceMetricStatus?
    containerResource:ContainerResourceMetricStatus? external:ExternalMetricStatus?
  `,
  MetricTarget: 'type:string! value:Quantity? averageValue:Quantity? averageUtilization:int?',
  MetricValueStatus: 'value:Quantity? averageValue:Quantity? averageUtilization:int?',
  NFSVolumeSource: 'server:string! path:string! readOnly:bool',
  Namespace: 'apiVersion:string kind:string metadata:ObjectMeta spec:NamespaceSpec status:NamespaceStatus',
  NamespaceCondition: 'type:string! status:string! lastTransitionTime:Time0 reason:string message:string',
  NamespaceSpec: 'finalizers:[string',
  NamespaceStatus: 'phase:string conditions:[NamespaceCondition',
  Node: 'apiVersion:string kind:string metadata:ObjectMeta spec:NodeSpec status:NodeStatus',
  NodeAddress: 'type:string! address:string!',
  NodeAffinity: `
    requiredDuringSchedulingIgnoredDuringExecution:NodeSelector?
    preferredDuringSchedulingIgnoredDuringExecution:[PreferredSchedulingTerm
  `,
  ...SECOND,
};
