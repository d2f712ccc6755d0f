// Queries with {{ functions }} in them, as Flagger's templates have them: Go's text/template without its control flow. A query is rendered
// whole or not at all; it must never be sent with a hole in it.
import { createQueryWriter } from './promql/writer.ts';
import { TemplateError, placeIn } from './template/error.ts';
import { evaluate, type TemplateVars } from './template/evaluate.ts';
import { pipelineOf } from './template/parse.ts';
import { piecesOf } from './template/tokens.ts';

export type { TemplateVars };

export function renderQuery(text: string, vars: TemplateVars): { query: string } | { why: string } {
  try {
    const writer = createQueryWriter();
    for (const piece of piecesOf(text)) {
      if (piece.is === 'text') writer.text(piece.text);
      else insert(writer.value, evaluate(pipelineOf(piece.tokens), vars), piece.tokens.find(({ is }) => is !== 'space')?.at ?? 0);
    }
    const query = writer.query();
    return query ? { query } : { why: 'the query is empty' };
  } catch (error) {
    if (error instanceof TemplateError) return { why: `${error.message} (${placeIn(text, error.at)} of the query)` };
    throw error;
  }
}

function insert(value: (value: string) => void, text: string, at: number): void {
  try {
    value(text);
  } catch (error) {
    throw new TemplateError(error instanceof Error ? error.message : String(error), at);
  }
}
