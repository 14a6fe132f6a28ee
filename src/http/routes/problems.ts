import type { FastifyInstance } from 'fastify';
import { explanations, headings } from '../problem-explanations.js';
import { ProblemError, type ProblemKind, problemKinds, titleOf } from '../problems.js';

/** `GET /problems/:kind`: what a `type` of a problem means, as text or as a small page. */
export function problemRoutes(app: FastifyInstance): void {
  app.get('/problems', { schema: { hide: true } }, async (request, reply) => {
    if (!wantsHtml(request.headers.accept)) {
      return reply.type('text/plain; charset=utf-8').send(`${problemKinds.join('\n')}\n`);
    }
    const items = problemKinds.map((kind) => `<li><a href="/problems/${kind}">${kind}</a></li>`);
    return reply
      .type('text/html; charset=utf-8')
      .send(page('Problems', `<ul>${items.join('')}</ul>`));
  });

  app.get<{ Params: { kind: string } }>(
    '/problems/:kind',
    { schema: { hide: true } },
    async (request, reply) => {
      const kind = problemKinds.find((each) => each === request.params.kind);
      if (kind === undefined) throw new ProblemError('unknown-problem');
      reply.header('Vary', 'Accept').header('Cache-Control', 'public, max-age=3600');
      const heading = headingOf(kind);
      if (!wantsHtml(request.headers.accept)) {
        const text = `${heading}\n\n${explanations[kind]}\n`;
        return reply.type('text/plain; charset=utf-8').send(text);
      }
      const body = `<p>${explanations[kind]}</p>`;
      return reply.type('text/html; charset=utf-8').send(page(heading, body));
    },
  );
}

const wantsHtml = (accept = ''): boolean => /\btext\/html\b/i.test(accept);

const headingOf = (kind: ProblemKind): string => headings[kind] ?? titleOf(kind);

/** All texts are ours, and none has a character that HTML would take for markup. */
const page = (heading: string, body: string): string =>
  `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<title>${heading}</title>
<main><h1>${heading}</h1>${body}</main>
</html>
`;
