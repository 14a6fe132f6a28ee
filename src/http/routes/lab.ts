import type { FastifyInstance } from 'fastify';
import type { z } from 'zod';
import type { Lab, LabReply } from '../app-context.js';
import { readUpstream } from '../error-handler.js';
import { labCatalogue, labRequest, labRunParams, labStatus } from '../lab-schemas.js';
import { ProblemError } from '../problems.js';
import { requireSameOrigin } from '../same-origin.js';
import { answers, jsonSchema } from '../validation.js';

type Params = { Params: z.infer<typeof labRunParams> };

/** `/lab`: experiments, in a sandbox of their own. An office that has no lab has no such routes. */
export function labRoutes(app: FastifyInstance, lab: Lab): void {
  const tags = ['lab'];
  const params = jsonSchema(labRunParams, 'input');
  const onRequest = requireSameOrigin(lab.anyHost);

  app.get(
    '/lab/scenarios',
    {
      onRequest,
      schema: {
        tags,
        summary: 'What can be asked for by name',
        response: answers(200, labCatalogue, [403]),
      },
    },
    async () => lab.catalogue,
  );

  app.post<{ Body: z.infer<typeof labRequest> }>(
    '/lab/runs',
    {
      onRequest,
      schema: {
        tags,
        summary: 'Run an experiment',
        description: 'One at a time over all workers; 503 while another one runs.',
        body: jsonSchema(labRequest, 'input'),
        response: answers(202, labStatus, [400, 403, 413, 415]),
      },
    },
    async (request, reply) => {
      const begun = lab.ask({ verb: 'begin', request: request.body });
      const status = statusOf(await readUpstream(request, begun, 'unavailable'));
      return reply.code(202).header('Location', `/lab/runs/${status.id}`).send(status);
    },
  );

  app.get<Params>(
    '/lab/runs/:id',
    {
      onRequest,
      schema: {
        tags,
        summary: 'How far an experiment has come, and what it showed',
        params,
        response: answers(200, labStatus, [400, 403, 404]),
      },
    },
    async (request) => {
      const { id } = request.params;
      return statusOf(await readUpstream(request, lab.ask({ verb: 'look', id }), 'unavailable'));
    },
  );

  app.delete<Params>(
    '/lab/runs/:id',
    {
      onRequest,
      schema: {
        tags,
        summary: 'Stop an experiment',
        params,
        response: answers(200, labStatus, [400, 403, 404]),
      },
    },
    async (request) => {
      const { id } = request.params;
      return statusOf(await readUpstream(request, lab.ask({ verb: 'stop', id }), 'unavailable'));
    },
  );
}

function statusOf(reply: LabReply): { readonly id: string } {
  switch (reply.kind) {
    case 'status':
      return reply.status;
    case 'busy':
      throw new ProblemError('lab-busy');
    case 'invalid':
      throw new ProblemError('malformed', { detail: reply.why });
    case 'unknown':
      throw new ProblemError('unknown-run');
  }
}
