// The words for a field that is not declared: misspelt, misplaced, or of another version. Pure. Flagger's CRD has no closed schema, so such a
// field is dropped there without a word; that is why each is refused here.
import { fieldRows, flaggerKinds } from './documents.ts';
import { pathText } from './path.ts';
import type { Path } from './path.ts';
import { didYouMean, similar } from './similar.ts';

const dropped = "Flagger's CRD would silently drop it";

/** For one document: `old` is v1alpha3, which has its own word for the analysis. Suggestions are no longer looked for after many unknown fields, so that garbage is answered fast. */
export function unknownFields(kind: string, old = false): (path: Path, siblings: readonly string[]) => string {
  const homes = homesOf.get(kind) ?? new Map<string, string[]>();
  let left = 50;
  return (path, siblings) => {
    const name = String(path.at(-1) ?? '');
    if (left-- <= 0) return `unknown field; ${dropped}`;
    if (kind === 'Canary' && name === 'canaryAnalysis') return `v1beta1 calls it "analysis"; ${dropped}`;
    const near = didYouMean(name, siblings);
    if (near !== '') return `unknown field${near} ${dropped}`;
    const parent = pathText(path.slice(0, -1)).replace(/\[\d+\]/g, '[]');
    const known = homes.has(name) ? name : similar(name, [...homes.keys()]);
    const places = (homes.get(known ?? '') ?? []).filter((home) => home !== parent);
    if (known === undefined || places.length === 0 || places.length > 2) return `unknown field; ${dropped}`;
    return `unknown field here; "${known}" belongs in ${places.map((place) => (old ? place.replace('spec.analysis', 'spec.canaryAnalysis') : place)).join(' or ')}; ${dropped}`;
  };
}

type Homes = ReadonlyMap<string, string[]>;

/** By kind: the parents that each field name has. */
const homesOf: ReadonlyMap<string, Homes> = new Map(Object.keys(flaggerKinds).map((kind) => [kind, homesIn(kind)]));

function homesIn(kind: string): Homes {
  const homes = new Map<string, string[]>();
  for (const row of fieldRows()) {
    const cut = row.path.lastIndexOf('.');
    if (row.kind !== kind || cut < 0) continue;
    const name = row.path.slice(cut + 1);
    homes.set(name, [...(homes.get(name) ?? []), row.path.slice(0, cut)]);
  }
  return homes;
}
