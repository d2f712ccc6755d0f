// Finds the walk-through that the demo plays: beside the bundle when installed, in the repository otherwise. Only reads.
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export function exampleFolder(name: string): string {
  const places = [new URL(`./examples/${name}`, import.meta.url), new URL(`../../examples/${name}`, import.meta.url)];
  const found = places.find((place) => existsSync(place));
  if (!found) throw new Error(`the folder examples/${name} is missing from this installation`);
  return fileURLToPath(found);
}
