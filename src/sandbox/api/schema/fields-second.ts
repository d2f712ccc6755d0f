// The second half of the fields of built-in kinds, in alphabetical order; fields.ts says how to read them. It must hold data only.

export const SECOND: Readonly<Record<string, string>> = {
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
  Secret: 'apiVersion:string kind:string metadata:ObjectMeta immutable:bool? data:{bytes? stringData:{string type:string',
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
