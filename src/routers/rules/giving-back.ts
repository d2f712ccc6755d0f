// The user's rules without a canary: the apex in place of both sides, nothing of ours beside it. Must leave alone every rule that does not lead here.
import { isObject } from '../../common/json.ts';
import type { Json, JsonObject } from '../../contracts.ts';
import { entriesOf, entryOf } from './backends.ts';
import type { Ground } from './dialect.ts';
import { partsOf, plainRule, type Group } from './groups.ts';

export function rulesGivenBack(rules: readonly Json[], ground: Ground): Json[] {
  return partsOf(rules, ground).map((part) => ('group' in part ? givenBack(part.group, ground) : part.foreign));
}

function givenBack(group: Group, ground: Ground): JsonObject {
  const { dialect, canary, backends } = ground;
  const rule = plainRule(group, ground);
  const entries = entriesOf(rule, ground).filter(isObject);
  if (entries.every((entry) => dialect.roleOf(entry, backends) === 'apex')) return rule;
  // One destination has all requests, whatever its weight.
  const { weight: _, ...model } = entryOf(entries, 'primary', ground) ?? entries[0] ?? {};
  return dialect.inFull({ ...rule, [dialect.destinations]: [dialect.destination(model, 'apex', canary)] });
}
