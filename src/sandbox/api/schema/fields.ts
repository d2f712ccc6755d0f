// The fields of the built-in kinds, as data: what is not here is not kept. It must not say what a field means.
//
// name:type, `[` a list of, `{` a map of texts to. Without a mark a field is left out when it is empty, zero or false, unless it is a struct,
// which is always written; `?` what was sent stays, even if it is empty; `!` always written, a list as null; `0` a time that is null when unset.

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
  ConfigMap: 'apiVersion:string kind:string metadata:ObjectMeta immutable:bool? data:{string binaryData:{bytes',
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
  NodeCondition: 'type:string! status:string! lastHeartbeatTime:Time0 lastTransitionTime:Time0 reason:string message:string',
  NodeConfigSource: 'configMap:ConfigMapNodeConfigSource?',
  NodeConfigStatus: 'assigned:NodeConfigSource? active:NodeConfigSource? lastKnownGood:NodeConfigSource? error:string',
  NodeDaemonEndpoints: 'kubeletEndpoint:DaemonEndpoint',
  NodeFeatures: 'supplementalGroupsPolicy:bool?',
  NodeRuntimeHandler: 'name:string! features:NodeRuntimeHandlerFeatures?',
  NodeRuntimeHandlerFeatures: 'recursiveReadOnlyMounts:bool? userNamespaces:bool?',
  NodeSelector: 'nodeSelectorTerms:[NodeSelectorTerm!',
  NodeSelectorRequirement: 'key:string! operator:string! values:[string',
  NodeSelectorTerm: 'matchExpressions:[NodeSelectorRequirement matchFields:[NodeSelectorRequirement',
  NodeSpec: `
    podCIDR:string podCIDRs:[string providerID:string unschedulable:bool taints:[Taint configSource:NodeConfigSource?
    externalID:string
  `,
  NodeStatus: `
    capacity:{Quantity allocatable:{Quantity phase:string conditions:[NodeCondition addresses:[NodeAddress
    daemonEndpoints:NodeDaemonEndpoints nodeInfo:NodeSystemInfo images:[ContainerImage volumesInUse:[string
    volumesAttached:[AttachedVolume config:NodeConfigStatus? runtimeHandlers:[NodeRuntimeHandler features:NodeFeatures?
  `,
  NodeSwapStatus: 'capacity:int?',
  NodeSystemInfo: `
    machineID:string! systemUUID:string! bootID:string! kernelVersion:string! osImage:string! containerRuntimeVersion:string!
    kubeletVersion:string! kubeProxyVersion:string! operatingSystem:string! architecture:string! swap:NodeSwapStatus?
  `,
  ObjectFieldSelector: 'apiVersion:string fieldPath:string!',
  ObjectMeta: `
    name:string generateName:string namespace:string selfLink:string uid:string resourceVersion:string generation:int
    creationTimestamp:Time deletionTimestamp:Time? deletionGracePeriodSeconds:int? labels:{string annotations:{string
    ownerReferences:[OwnerReference finalizers:[string managedFields:[ManagedFieldsEntry
  `,
  ObjectMetricSource: 'describedObject:CrossVersionObjectReference! target:MetricTarget! metric:MetricIdentifier!',
  ObjectMetricStatus: 'metric:MetricIdentifier! current:MetricValueStatus! describedObject:CrossVersionObjectReference!',
  ObjectReference: 'kind:string namespace:string name:string uid:string apiVersion:string resourceVersion:string fieldPath:string',
  OwnerReference: 'apiVersion:string! kind:string! name:string! uid:string! controller:bool? blockOwnerDeletion:bool?',
  PersistentVolumeClaimSpec: `
    accessModes:[string selector:LabelSelector? resources:VolumeResourceRequirements volumeName:string storageClassName:string?
    volumeMode:string? dataSource:TypedLocalObjectReference? dataSourceRef:TypedObjectReference? volumeAttributesClassName:string?
  `,
  PersistentVolumeClaimTemplate: 'metadata:ObjectMeta spec:PersistentVolumeClaimSpec!',
  PersistentVolumeClaimVolumeSource: 'claimName:string! readOnly:bool',
  PhotonPersistentDiskVolumeSource: 'pdID:string! fsType:string',
  Pod: 'apiVersion:string kind:string metadata:ObjectMeta spec:PodSpec status:PodStatus',
  PodAffinity: `
    requiredDuringSchedulingIgnoredDuringExecution:[PodAffinityTerm
    preferredDuringSchedulingIgnoredDuringExecution:[WeightedPodAffinityTerm
  `,
  PodAffinityTerm: `
    labelSelector:LabelSelector? namespaces:[string topologyKey:string! namespaceSelector:LabelSelector? matchLabelKeys:[string
    mismatchLabelKeys:[string
  `,
  PodAntiAffinity: `
    requiredDuringSchedulingIgnoredDuringExecution:[PodAffinityTerm
    preferredDuringSchedulingIgnoredDuringExecution:[WeightedPodAffinityTerm
  `,
  PodCertificateProjection: `
    signerName:string keyType:string maxExpirationSeconds:int? credentialBundlePath:string keyPath:string certificateChainPath:string
  `,
  PodCondition: `
    type:string! observedGeneration:int status:string! lastProbeTime:Time0 lastTransitionTime:Time0 reason:string message:string
  `,
  PodDNSConfig: 'nameservers:[string searches:[string options:[PodDNSConfigOption',
  PodDNSConfigOption: 'name:string value:string?',
  PodExtendedResourceClaimStatus: 'requestMappings:[ContainerExtendedResourceRequest! resourceClaimName:string!',
  PodIP: 'ip:string!',
  PodOS: 'name:string!',
  PodReadinessGate: 'conditionType:string!',
  PodResourceClaim: 'name:string! resourceClaimName:string? resourceClaimTemplateName:string?',
  PodResourceClaimStatus: 'name:string! resourceClaimName:string?',
  PodSchedulingGate: 'name:string!',
  PodSecurityContext: `
    seLinuxOptions:SELinuxOptions? windowsOptions:WindowsSecurityContextOptions? runAsUser:int? runAsGroup:int? runAsNonRoot:bool?
    supplementalGroups:[int supplementalGroupsPolicy:string? fsGroup:int? sysctls:[Sysctl fsGroupChangePolicy:string?
    seccompProfile:SeccompProfile? appArmorProfile:AppArmorProfile? seLinuxChangePolicy:string?
  `,
  PodSpec: `
    volumes:[Volume initContainers:[Container containers:[Container! ephemeralContainers:[EphemeralContainer restartPolicy:string
    terminationGracePeriodSeconds:int? activeDeadlineSeconds:int? dnsPolicy:string nodeSelector:{string serviceAccountName:string
    serviceAccount:string automountServiceAccountToken:bool? nodeName:string hostNetwork:bool hostPID:bool hostIPC:bool
    shareProcessNamespace:bool? securityContext:PodSecurityContext? imagePullSecrets:[LocalObjectReference hostname:string
    subdomain:string affinity:Affinity? schedulerName:string tolerations:[Toleration hostAliases:[HostAlias priorityClassName:string
    priority:int? dnsConfig:PodDNSConfig? readinessGates:[PodReadinessGate runtimeClassName:string? enableServiceLinks:bool?
    preemptionPolicy:string? overhead:{Quantity topologySpreadConstraints:[TopologySpreadConstraint setHostnameAsFQDN:bool? os:PodOS?
    hostUsers:bool? schedulingGates:[PodSchedulingGate resourceClaims:[PodResourceClaim resources:ResourceRequirements?
    hostnameOverride:string?
  `,
  PodStatus: `
    observedGeneration:int phase:string conditions:[PodCondition message:string reason:string nominatedNodeName:string hostIP:string
    hostIPs:[HostIP podIP:string podIPs:[PodIP startTime:Time? initContainerStatuses:[ContainerStatus
    containerStatuses:[ContainerStatus qosClass:string ephemeralContainerStatuses:[ContainerStatus resize:string
    resourceClaimStatuses:[PodResourceClaimStatus extendedResourceClaimStatus:PodExtendedResourceClaimStatus?
  `,
  PodTemplateSpec: 'metadata:ObjectMeta spec:PodSpec',
  PodsMetricSource: 'metric:MetricIdentifier! target:MetricTarget!',
  PodsMetricStatus: 'metric:MetricIdentifier! current:MetricValueStatus!',
  PortStatus: 'port:int! protocol:string! error:string?',
  PortworxVolumeSource: 'volumeID:string! fsType:string readOnly:bool',
  PreferredSchedulingTerm: 'weight:int! preference:NodeSelectorTerm!',
  Probe: `
    exec:ExecAction? httpGet:HTTPGetAction? tcpSocket:TCPSocketAction? grpc:GRPCAction? initialDelaySeconds:int timeoutSeconds:int
    periodSeconds:int successThreshold:int failureThreshold:int terminationGracePeriodSeconds:int?
  `,
  ProjectedVolumeSource: 'sources:[VolumeProjection! defaultMode:int?',
  QuobyteVolumeSource: 'registry:string! volume:string! readOnly:bool user:string group:string tenant:string',
  RBDVolumeSource: `
    monitors:[string! image:string! fsType:string pool:string user:string keyring:string secretRef:LocalObjectReference? readOnly:bool
  `,
  ReplicaSet: 'apiVersion:string kind:string metadata:ObjectMeta spec:ReplicaSetSpec status:ReplicaSetStatus',
  ReplicaSetCondition: 'type:string! status:string! lastTransitionTime:Time0 reason:string message:string',
  ReplicaSetSpec: 'replicas:int? minReadySeconds:int selector:LabelSelector? template:PodTemplateSpec',
  ReplicaSetStatus: `
    replicas:int! fullyLabeledReplicas:int readyReplicas:int availableReplicas:int terminatingReplicas:int? observedGeneration:int
    conditions:[ReplicaSetCondition
  `,
  ResourceClaim: 'name:string! request:string',
  ResourceFieldSelector: 'containerName:string resource:string! divisor:Quantity',
  ResourceHealth: 'resourceID:string! health:string',
  ResourceMetricSource: 'name:string! target:MetricTarget!',
  ResourceMetricStatus: 'name:string! current:MetricValueStatus!',
  ResourceRequirements: 'limits:{Quantity requests:{Quantity claims:[ResourceClaim',
  ResourceStatus: 'name:string! resources:[ResourceHealth',
  RollingUpdateDaemonSet: 'maxUnavailable:IntOrString? maxSurge:IntOrString?',
  RollingUpdateDeployment: 'maxUnavailable:IntOrString? maxSurge:IntOrString?',
  SELinuxOptions: 'user:string role:string type:string level:string',
  ScaleIOVolumeSource: `
    gateway:string! system:string! secretRef:LocalObjectReference? sslEnabled:bool protectionDomain:string storagePool:string
    storageMode:string volumeName:string fsType:string readOnly:bool
  `,
  SeccompProfile: 'type:string! localhostProfile:string?',
  Secret: 'apiVersion:string kind:string metadata:ObjectMeta immutable:bool? data:{bytes stringData:{string type:string',
  SecretEnvSource: 'name:string optional:bool?',
  SecretKeySelector: 'name:string key:string! optional:bool?',
  SecretProjection: 'name:string items:[KeyToPath optional:bool?',
  SecretVolumeSource: 'secretName:string items:[KeyToPath defaultMode:int? optional:bool?',
  SecurityContext: `
    capabilities:Capabilities? privileged:bool? seLinuxOptions:SELinuxOptions? windowsOptions:WindowsSecurityContextOptions?
    runAsUser:int? runAsGroup:int? runAsNonRoot:bool? readOnlyRootFilesystem:bool? allowPrivilegeEscalation:bool? procMount:string?
    seccompProfile:SeccompProfile? appArmorProfile:AppArmorProfile?
  `,
  Service: 'apiVersion:string kind:string metadata:ObjectMeta spec:ServiceSpec status:ServiceStatus',
  ServiceAccount: `
    apiVersion:string kind:string metadata:ObjectMeta secrets:[ObjectReference imagePullSecrets:[LocalObjectReference
    automountServiceAccountToken:bool?
  `,
  ServiceAccountTokenProjection: 'audience:string expirationSeconds:int? path:string!',
  ServicePort: 'name:string protocol:string appProtocol:string? port:int! targetPort:IntOrString nodePort:int',
  ServiceSpec: `
    ports:[ServicePort selector:{string clusterIP:string clusterIPs:[string type:string externalIPs:[string sessionAffinity:string
    loadBalancerIP:string loadBalancerSourceRanges:[string externalName:string externalTrafficPolicy:string healthCheckNodePort:int
    publishNotReadyAddresses:bool sessionAffinityConfig:SessionAffinityConfig? ipFamilies:[string ipFamilyPolicy:string?
    allocateLoadBalancerNodePorts:bool? loadBalancerClass:string? internalTrafficPolicy:string? trafficDistribution:string?
  `,
  ServiceStatus: 'loadBalancer:LoadBalancerStatus conditions:[Condition',
  SessionAffinityConfig: 'clientIP:ClientIPConfig?',
  SleepAction: 'seconds:int!',
  StorageOSVolumeSource: 'volumeName:string volumeNamespace:string fsType:string readOnly:bool secretRef:LocalObjectReference?',
  Sysctl: 'name:string! value:string!',
  TCPSocketAction: 'port:IntOrString! host:string',
  Taint: 'key:string! value:string effect:string! timeAdded:Time?',
  Toleration: 'key:string operator:string value:string effect:string tolerationSeconds:int?',
  TopologySpreadConstraint: `
    maxSkew:int! topologyKey:string! whenUnsatisfiable:string! labelSelector:LabelSelector? minDomains:int? nodeAffinityPolicy:string?
    nodeTaintsPolicy:string? matchLabelKeys:[string
  `,
  TypedLocalObjectReference: 'apiGroup:string? kind:string! name:string!',
  TypedObjectReference: 'apiGroup:string? kind:string! name:string! namespace:string?',
  Volume: `
    name:string! hostPath:HostPathVolumeSource? emptyDir:EmptyDirVolumeSource? gcePersistentDisk:GCEPersistentDiskVolumeSource?
    awsElasticBlockStore:AWSElasticBlockStoreVolumeSource? gitRepo:GitRepoVolumeSource? secret:SecretVolumeSource?
    nfs:NFSVolumeSource? iscsi:ISCSIVolumeSource? glusterfs:GlusterfsVolumeSource?
    persistentVolumeClaim:PersistentVolumeClaimVolumeSource? rbd:RBDVolumeSource? flexVolume:FlexVolumeSource?
    cinder:CinderVolumeSource? cephfs:CephFSVolumeSource? flocker:FlockerVolumeSource? downwardAPI:DownwardAPIVolumeSource?
    fc:FCVolumeSource? azureFile:AzureFileVolumeSource? configMap:ConfigMapVolumeSource? vsphereVolume:VsphereVirtualDiskVolumeSource?
    quobyte:QuobyteVolumeSource? azureDisk:AzureDiskVolumeSource? photonPersistentDisk:PhotonPersistentDiskVolumeSource?
    projected:ProjectedVolumeSource? portworxVolume:PortworxVolumeSource? scaleIO:ScaleIOVolumeSource?
    storageos:StorageOSVolumeSource? csi:CSIVolumeSource? ephemeral:EphemeralVolumeSource? image:ImageVolumeSource?
  `,
  VolumeDevice: 'name:string! devicePath:string!',
  VolumeMount: `
    name:string! readOnly:bool recursiveReadOnly:string? mountPath:string! subPath:string mountPropagation:string? subPathExpr:string
  `,
  VolumeMountStatus: 'name:string! mountPath:string! readOnly:bool recursiveReadOnly:string?',
  VolumeProjection: `
    secret:SecretProjection? downwardAPI:DownwardAPIProjection? configMap:ConfigMapProjection?
    serviceAccountToken:ServiceAccountTokenProjection? clusterTrustBundle:ClusterTrustBundleProjection?
    podCertificate:PodCertificateProjection?
  `,
  VolumeResourceRequirements: 'limits:{Quantity requests:{Quantity',
  VsphereVirtualDiskVolumeSource: 'volumePath:string! fsType:string storagePolicyName:string storagePolicyID:string',
  WeightedPodAffinityTerm: 'weight:int! podAffinityTerm:PodAffinityTerm!',
  WindowsSecurityContextOptions: 'gmsaCredentialSpecName:string? gmsaCredentialSpec:string? runAsUserName:string? hostProcess:bool?',
};
