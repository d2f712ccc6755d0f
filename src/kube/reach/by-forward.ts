// The way by port-forward: a port for each Service, opened with the first request that goes there. It must never open one that nobody asked for.
import type { Right } from '../rules.ts';
import { serviceText } from './address.ts';
import { openForward, throughForward, type Forward } from './forward.ts';
import { podsBehind } from './pods.ts';
import { forgetSeen, once, unlessAborted, type Known, type Room, type Way } from './room.ts';

export function byForward(room: Room, known: Known): Way {
  let forward: Forward | undefined;
  return {
    needs: { by: 'by port-forward', rights: rightsOf(known) },
    said() {
      const pod = forward?.pod();
      return pod && `by port-forward to pod ${pod}, 127.0.0.1:${forward?.port}`;
    },
    async send(wire, signal) {
      forward = await unlessAborted(opened(room, known), signal);
      return throughForward(room, forward)(wire, signal);
    },
  };
}

/** Pods come and go under names that nobody knows beforehand. */
function rightsOf({ service: { namespace }, facts }: Known): Right[] {
  const behind = facts.selector ? { group: '', resource: 'pods' } : { group: 'discovery.k8s.io', resource: 'endpointslices' };
  const forward = { namespace, group: '', resource: 'pods/portforward' };
  return [
    { namespace, ...behind, verb: 'list' },
    { ...forward, verb: 'get' },
    { ...forward, verb: 'create' },
  ];
}

async function opened(room: Room, known: Known): Promise<Forward> {
  const { service, facts } = known;
  const pods = (signal: AbortSignal): ReturnType<typeof podsBehind> => podsBehind(room.objects, { service, facts }, signal);
  try {
    return await once(room.kept, `forward ${serviceText(service)}`, async () => {
      // Nobody to forward to is told before a port is opened.
      await pods(room.signal);
      const forward = await openForward({ upgrade: room.connection.upgrade, pods, signal: room.signal });
      room.closers.push(() => forward.close());
      if (room.signal.aborted) forward.close();
      return forward;
    });
  } catch (error) {
    known.forget();
    forgetSeen(room, known);
    throw error;
  }
}
