// `canary status`: shows the records of a namespace or of all, once or until Ctrl-C. Reads only.
import { shownText } from '../../http/redact.ts';
import { paintOf } from '../../ui/colour.ts';
import { liveTable, type LiveTable } from '../../ui/live-table.ts';
import { liveLines, statusDocument, statusFormats, statusText, wideLines, type Look, type StatusFormat } from '../../ui/status-table.ts';
import { cut } from '../../ui/table.ts';
import { summaryLine, worstFirst } from '../../ui/views.ts';
import type { World } from '../../ports.ts';
import { checkScope, clusterOptions, scopeOf, type Scope } from '../cluster-options.ts';
import { choiceFlag, isOff, isOn, type Call } from '../command.ts';
import { demandFound, recordReader, type Read, type Seen } from '../records.ts';

/** Between two looks of --watch: two small lists each. */
const pollMs = 1000;

interface View {
  readonly call: Call;
  readonly format: StatusFormat;
  readonly scope: Scope;
  readonly world: World;
}

export async function execute(call: Call): Promise<number> {
  const { args, flags, io, parts } = call;
  const format = choiceFlag(flags, 'output', statusFormats);
  checkScope(flags, args[0]);
  const world = await parts.cluster(clusterOptions(flags), (line) => io.stderr.write(`${line}\n`));
  try {
    const scope = scopeOf(flags, args[0], world.about.namespace);
    const view: View = { call, format, scope, world };
    if (isOn(flags, 'watch')) return await watch(view, recordReader(world, scope));
    // A table of all namespaces is two lists, however many canaries there are; looking for drift costs reads for each.
    const isOverview = scope.namespace === undefined && (format === 'table' || format === 'name');
    const read = recordReader(world, scope, !isOverview);
    const seen = await read(new AbortController().signal);
    demandFound(seen, scope);
    show(view, seen);
    return 0;
  } finally {
    await world.close();
  }
}

function show(view: View, seen: Seen): void {
  const { io } = view.call;
  if (!seen.items.length && view.format !== 'json' && view.format !== 'yaml') {
    const place = view.scope.namespace === undefined ? 'any namespace' : `namespace ${view.scope.namespace}`;
    io.stderr.write(`no canary in ${shownText(place, 300)}\n`);
    return;
  }
  io.stdout.write(statusText(seen.items, view.format, lookOf(view, seen.now)));
}

function lookOf({ call, scope }: View, now: number): Look {
  return {
    withNamespace: scope.namespace === undefined,
    now,
    paint: paintOf(call.io.stdout, call.io.env, isOff(call.flags, 'color')),
  };
}

/** Ends with Ctrl-C, as `kubectl get --watch` does: exit 130, or 143; with 0 when its reader has gone, which had all it wanted. */
async function watch(view: View, read: Read): Promise<number> {
  const { io } = view.call;
  const clock = await view.call.parts.clock();
  const stop = new AbortController();
  let exitCode = 130;
  const ends = (['SIGINT', 'SIGTERM', 'SIGHUP'] as const).map((name) =>
    io.onSignal(name, () => {
      exitCode = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 }[name];
      stop.abort();
    }),
  );
  ends.push(
    io.stdout.onGone(() => {
      exitCode = 0;
      stop.abort();
    }),
  );
  const table = liveTable({ screen: io.stdout, term: io.env['TERM'], clock, signal: stop.signal });
  const follow = follower(view, table);
  try {
    const first = await read(stop.signal);
    demandFound(first, view.scope);
    await follow(first);
    while (!stop.signal.aborted) {
      await clock.sleep(pollMs, stop.signal);
      if (!stop.signal.aborted) await follow(await read(stop.signal));
    }
  } catch (error) {
    if (!stop.signal.aborted) throw error;
  } finally {
    ends.forEach((end) => end());
  }
  return exitCode;
}

function follower(view: View, table: LiveTable): (seen: Seen) => Promise<void> {
  const { format, call, world } = view;
  let said = '';
  if (format === 'table' || format === 'wide') {
    return (seen) => {
      const items = worstFirst(seen.items);
      const look = lookOf(view, seen.now);
      const head = summaryLine(items, { context: world.about.context, now: seen.now });
      return table.show({
        lines: (width) => [cut(head, width), ...(format === 'wide' ? wideLines(items, width, look) : liveLines(items, width, look))],
        plain: statusText(seen.items, format, look),
      });
    };
  }
  return async (seen) => {
    const text = changeText(seen, format, lookOf(view, seen.now));
    // The age of a driver's sign of life changes with every look; it alone is no news.
    const news = text.replace(/"?seenSecondsAgo"?: ?(\d+|null)/g, '');
    if (news !== said) call.io.stdout.write(text);
    said = news;
  };
}

/** A stream of documents: JSON one per line, YAML each after its mark. */
function changeText(seen: Seen, format: StatusFormat, look: Look): string {
  if (format === 'json') return `${JSON.stringify(statusDocument(seen.items))}\n`;
  return `${format === 'yaml' ? '---\n' : ''}${statusText(seen.items, format, look)}`;
}
