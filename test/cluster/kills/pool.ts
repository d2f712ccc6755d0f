// Work that waits more than it counts, a fixed number of pieces at a time.

/** What each piece resolves to, in the order of the pieces. The first that rejects ends it, once those under way are through. */
export async function atOnce<In, Out>(width: number, pieces: readonly In[], work: (piece: In) => Promise<Out>): Promise<Out[]> {
  const done: Out[] = [];
  let next = 0;
  let failed = false;
  const worker = async (): Promise<void> => {
    while (next < pieces.length && !failed) {
      const index = next++;
      try {
        done[index] = await work(pieces[index] as In);
      } catch (error) {
        failed = true;
        throw error;
      }
    }
  };
  const results = await Promise.allSettled(Array.from({ length: width }, worker));
  for (const result of results) if (result.status === 'rejected') throw result.reason;
  return done;
}
