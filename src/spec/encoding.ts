// Recognises a file that was not written as UTF-8 by what is left of it after it was read as such. Pure.

/** PowerShell's `>` writes UTF-16: with its byte order mark it begins with two bytes that are no UTF-8, without it every other byte is 0. */
export function encodingProblem(text: string): string | undefined {
  const marked = text.startsWith('\uFFFD\uFFFD') && text.includes('\0');
  const name = /^\uFFFD*(\0{2,3}[^\0]|[^\0]\0{3})/.test(text) ? 'UTF-32' : marked || alternating.test(text) ? 'UTF-16' : undefined;
  return name === undefined ? undefined : `written as ${name}, which is not read; save the file as UTF-8`;
}

const alternating = /^(?:(?:[^\0]\0){2}|(?:\0[^\0]){2})/;
