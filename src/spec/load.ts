// Texts of files in, Canaries out: reads, converts, checks, normalises, and throws once with every problem of every file. Pure; it never
// looks at a cluster or a file system.
import { SpecError } from '../errors.ts';
import { isObject } from '../common/json.ts';
import { convert, currentVersion, oldVersion, unconverted } from './convert.ts';
import type { Converted } from './convert.ts';
import { loadCanary, report } from './load-canary.ts';
import type { Loading } from './load-canary.ts';
import { flaggerKinds } from './documents.ts';
import { similar } from './similar.ts';
import { duplicates } from './duplicates.ts';
import { isHttpUrl, isLabel } from './names.ts';
import { router } from './providers.ts';
import type { Provider } from './providers.ts';
import { locatedText, readDocuments, whereText } from './read.ts';
import type { Document, Located, SourceFile } from './read.ts';
import { checkReferables } from './referred.ts';
import type { Referable } from './referred.ts';
import { readSets, withSets } from './set.ts';
import type { SetValue } from './set.ts';
import type { Canary, JsonObject } from './types.ts';
import { unknownFields } from './unknown.ts';

export interface LoadOptions {
  /** -n */
  readonly namespace?: string;
  /** --provider */
  readonly provider?: string;
  /** --metrics-url */
  readonly metricsUrl?: string;
  /** --set, each path=value */
  readonly sets?: readonly string[];
  /** The namespace of the context: for what names none. */
  readonly defaultNamespace: string;
}

/** A document that is no Canary: to be applied with --apply, or referred to. */
export interface OtherDocument {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly namespace?: string;
  readonly where: string;
  readonly object: JsonObject;
}

export interface Loaded {
  readonly canaries: Canary[];
  readonly others: OtherDocument[];
  readonly notes: string[];
}

export function loadCanaries(files: readonly SourceFile[], options: LoadOptions): Loaded {
  const read = readDocuments(files);
  const flags = readFlags(options);
  const { sets, ...said } = readSets(options.sets ?? []);
  const problems = [...said.problems, ...read.problems];
  const loading: Loading = { options, provider: flags.provider, problems, more: 0, notes: [...said.notes, ...read.notes], found: [] };
  const others: OtherDocument[] = [];
  const referables: Referable[] = [];
  for (const document of read.documents) {
    if (isCanary(document, loading)) setAndLoad(document, sets, loading);
    else {
      const each = other(document, loading);
      others.push(each);
      if (isDeclared(document)) referables.push({ document, key: `${each.namespace || namespaceOf(options)}/${each.name}` });
    }
  }
  duplicates(loading);
  checkReferables(referables, loading);
  const all = [...flags.problems, ...inOrder(loading.problems, files).map(locatedText)];
  if (loading.more > 0) all.push(`and ${loading.more} more`);
  if (loading.found.length === 0 && all.length === 0) all.push(noCanary(files, others));
  // What is wrong with a flag is met again in every Canary.
  if (all.length > 0) throw new SpecError([...new Set(all)]);
  const canaries = loading.found.flatMap(({ canary }) => (canary === undefined ? [] : [canary]));
  return { canaries, others, notes: [...new Set(inOrder(loading.notes, files).map(locatedText))] };
}

function setAndLoad(written: Document, sets: readonly SetValue[], loading: Loading): void {
  const { document, problems } = withSets(written, sets);
  for (const problem of problems) report(loading, () => problem);
  loadCanary(document, converted(document, loading), loading);
}

/** What a document that names no namespace lives in. */
function namespaceOf({ namespace, defaultNamespace }: LoadOptions): string {
  return namespace ?? defaultNamespace;
}

/** What flags put in the place of fields is held to the rules of these fields. */
function readFlags({ provider, namespace, metricsUrl }: LoadOptions): { provider: Provider | undefined; problems: string[] } {
  const problems: string[] = [];
  const found = provider === undefined ? undefined : router(provider);
  if (found?.is === 'refused') problems.push(`--provider: ${found.text}`);
  const badNamespace = namespace === undefined ? undefined : isLabel(namespace);
  if (badNamespace !== undefined) problems.push(`-n: ${badNamespace}`);
  const badUrl = metricsUrl === undefined ? undefined : isHttpUrl(metricsUrl);
  if (badUrl !== undefined) problems.push(`--metrics-url: ${badUrl}`);
  return { provider: found?.is === 'driven' ? found : undefined, problems };
}

/** Also says what is wrong with the apiVersion or kind of something that was meant to be Flagger's. */
function isCanary({ apiVersion, kind, locate }: Document, { problems }: Loading): boolean {
  const [group = '', version] = apiVersion.split('/');
  const isFlagger = group === 'flagger.app';
  const isMeant = isFlagger || (Object.hasOwn(flaggerKinds, kind) && similar(group, ['flagger.app', 'flagger']) !== undefined);
  if (!isMeant) return false;
  const versions = kind === 'Canary' ? [currentVersion, oldVersion] : [currentVersion];
  if (!isFlagger || !versions.includes(apiVersion)) {
    const hint = version === undefined ? '; the version is missing' : '';
    problems.push(locate(['apiVersion'], `expected ${versions.join(' or ')}, got ${JSON.stringify(apiVersion)}${hint}`));
    return false;
  }
  if (Object.hasOwn(flaggerKinds, kind)) return kind === 'Canary';
  const meant = similar(kind, Object.keys(flaggerKinds));
  const hint = meant === undefined ? '' : `; did you mean "${meant}"?`;
  problems.push(
    locate(['kind'], `unknown kind ${JSON.stringify(kind)} of flagger.app${hint} (known: ${Object.keys(flaggerKinds).join(', ')})`),
  );
  return false;
}

function converted(document: Document, { problems }: Loading): Converted {
  if (document.apiVersion !== oldVersion) return unconverted(document.object);
  const spec = document.object['spec'];
  if (isObject(spec) && spec['analysis'] !== undefined) {
    const text = 'v1alpha3 calls it "canaryAnalysis"; write apiVersion flagger.app/v1beta1 for a file with "analysis"';
    problems.push(document.locate(['spec', 'analysis'], text, 'key'));
  }
  return convert(document.object);
}

/** MetricTemplates and AlertProviders are checked, everything else is taken as it is. */
function other(document: Document, loading: Loading): OtherDocument {
  const { apiVersion, kind, object, locate } = document;
  const declared = isDeclared(document) ? flaggerKinds[kind] : undefined;
  declared?.read(object, [], { say: (path, text, side) => report(loading, () => locate(path, text, side)), unknown: unknownFields(kind) });
  const metadata = isObject(object['metadata']) ? object['metadata'] : {};
  const { name, namespace } = metadata;
  return {
    apiVersion,
    kind,
    name: typeof name === 'string' ? name : '',
    ...(typeof namespace === 'string' ? { namespace } : {}),
    where: whereText(locate([], '')),
    object,
  };
}

function isDeclared({ apiVersion, kind }: Document): boolean {
  return apiVersion === currentVersion && Object.hasOwn(flaggerKinds, kind);
}

function noCanary(files: readonly SourceFile[], others: readonly OtherDocument[]): string {
  const names = files.map((file) => file.name).join(', ');
  const met = [...new Set(others.map((each) => each.kind))];
  return `${names}: no Canary in it${met.length === 0 ? '; it is empty' : `; found ${met.join(', ')}`}`;
}

function inOrder(located: readonly Located[], files: readonly SourceFile[]): Located[] {
  const rank = new Map(files.map((file, index) => [file.name, index]));
  // Flags are no files and come first.
  const fileOf = (each: Located): number => rank.get(each.file) ?? -1;
  return [...located].sort((a, b) => fileOf(a) - fileOf(b) || a.line - b.line || a.column - b.column);
}
