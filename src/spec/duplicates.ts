// Two Canaries that would fight: one name, one target or one Service twice. Pure.
import { report } from './load-canary.ts';
import type { FoundCanary, Loading } from './load-canary.ts';
import type { Path } from './path.ts';
import { whereText } from './read.ts';

export function duplicates(loading: Loading): void {
  const seen = new Map<string, FoundCanary>();
  const once = (each: FoundCanary, [what, value]: [string, string], path: Path): boolean => {
    const key = `${what} ${each.namespace}/${value}`;
    const first = seen.get(key);
    seen.set(key, first ?? each);
    if (value === '' || first === undefined) return true;
    report(loading, () => each.locate(path, `the ${what} ${value} stands in another Canary too, at ${whereText(first.locate(path, ''))}`));
    return false;
  };
  for (const each of loading.found) {
    once(each, ['name', each.name], ['metadata', 'name']);
    // Two canaries of one target have one Service as well; that is said once.
    const alone = once(each, ['target', each.target], ['spec', 'targetRef', 'name']);
    if (alone) once(each, ['Service', each.apex], ['spec', 'service', 'name']);
  }
}
