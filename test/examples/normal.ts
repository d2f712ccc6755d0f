// Takes out of a line what is different every time: times, shares of simulated traffic, identities, addresses. It must leave every word.

const replacements: readonly (readonly [RegExp, string])[] = [
  [/\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/g, '<time>'],
  [/\b\d{1,3}\.\d\d%/g, 'n.nn%'],
  [/\b10(\.\d{1,3}){3}\b/g, '<ip>'],
  [/-[a-z0-9]{6,10}-[a-z0-9]{5}(?= {2})/g, '-<pod>'],
  [/\b[0-9a-f]{10}\b/g, '<revision>'],
  [/\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g, '<uid>'],
  [/(?<=^ {2}resourceVersion: ")\d+/g, '<version>'],
  [/\/\S*(?=\/sandbox\.kubeconfig$)/g, '<folder>'],
  [/\bdriver \S+@\S+, alive \S+ ago/g, 'driver <driver>'],
  // Ages are cells of tables: two blanks before or after.
  [/(?<= {2}|over )(\d+[smhd]){1,2}(?=\s|\)|$)/g, '<age>'],
  [/(?<=\S) {2,}/g, '  '],
];

export function normalLines(lines: readonly string[]): string[] {
  return lines.map((line) => replacements.reduce((text, [pattern, word]) => text.replace(pattern, word), line).trimEnd());
}
