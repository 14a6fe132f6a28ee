import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { labCatalogue } from '../../timeline/lab-catalogue.js';
import { type LabRequest, labRequest } from '../../timeline/lab-request.js';
import { type LabReply, type LabStatus, labStatus } from '../../timeline/lab-status.js';
import {
  type SteppedStatus,
  type StepRequest,
  steppedStatus,
  stepRequest,
} from '../../timeline/stepped-run.js';
import type { Lab } from '../app-context.js';
import { readUpstream } from '../error-handler.js';
import { jsonResponse, jsonSchema } from '../json-schema.js';
import { isLocalClient } from '../local-client.js';
import { ProblemError } from '../problems.js';
import { requireSameOrigin } from '../same-origin.js';

const runParams = z.object({
  id: z.string().min(1).max(64).meta({ description: 'The `id` of the answer that started it' }),
});
type RunParams = { Params: z.infer<typeof runParams> };

/** An experiment that runs by itself, or one that the learner steps. */
const anyStatus = z.union([labStatus, steppedStatus]);

/** `/lab`: experiments, each in its own sandbox. The routes are missing where the lab is off. */
export function labRoutes(app: FastifyInstance, lab: Lab): void {
  const tags = ['lab'];
  const params = jsonSchema(runParams, 'input');
  // Their schemas are large, and compiling them into serializers would slow every start.
  const serializerCompiler = () => JSON.stringify;
  const onRequest = async (request: FastifyRequest) => {
    await requireSameOrigin(request);
    if (lab.openToAll || isLocalClient(request)) return;
    throw new ProblemError('lab-closed', {
      detail: 'The request came through a proxy: start the server with LAB=on to allow that',
    });
  };

  app.get(
    '/lab/scenarios',
    {
      onRequest,
      serializerCompiler,
      config: { problems: [403] },
      schema: {
        operationId: 'getLabCatalogue',
        tags,
        summary: 'List the experiments that can be run by name',
        description: 'Rungs, scenarios, stores, and the bounds of a setting of your own.',
        response: jsonResponse(200, labCatalogue),
      },
    },
    async () => lab.catalogue,
  );

  app.post<{ Body: LabRequest }>(
    '/lab/runs',
    {
      onRequest,
      serializerCompiler,
      config: { problems: [403, 413, 415, 429] },
      schema: {
        operationId: 'startLabRun',
        tags,
        summary: 'Start an experiment',
        description:
          'One at a time over all workers; 503 while another one runs. 429 after many of them: then one a minute. With `level` or `stepped` its processes are held before every step, until /lab/runs/{id}/steps lets them go on.',
        body: jsonSchema(labRequest, 'input'),
        response: jsonResponse(202, anyStatus),
      },
    },
    async (request, reply) => {
      const started = lab.call({
        verb: 'begin',
        request: request.body,
        isLocal: isLocalClient(request),
      });
      const status = statusOf(await readUpstream(request, started, 'unavailable'));
      // No client has its id: it would wait for steps, and keep the lab busy. Others end by themselves.
      if ('processes' in status && request.socket.readableEnded) {
        await lab.call({ verb: 'stop', id: status.id });
      }
      return reply.code(202).header('Location', `/lab/runs/${status.id}`).send(status);
    },
  );

  app.get<RunParams>(
    '/lab/runs/:id',
    {
      onRequest,
      serializerCompiler,
      config: { problems: [403, 404, 429], expensive: true },
      schema: {
        operationId: 'getLabRun',
        tags,
        summary: 'Get the progress of an experiment and its results',
        description:
          'The newest five experiments are remembered. `runs` has the report of each finished run.',
        params,
        response: jsonResponse(200, anyStatus),
      },
    },
    async (request) => {
      const { id } = request.params;
      return statusOf(await readUpstream(request, lab.call({ verb: 'look', id }), 'unavailable'));
    },
  );

  app.post<RunParams & { Body: StepRequest }>(
    '/lab/runs/:id/steps',
    {
      onRequest,
      serializerCompiler,
      config: { problems: [400, 403, 404, 409, 413, 415] },
      schema: {
        operationId: 'stepLabRun',
        tags,
        summary: 'Let a process of a stepped run make one step',
        description:
          'Answers when the step is done, or the process waits for a lock. 409 if it cannot make a step now.',
        params,
        body: jsonSchema(stepRequest, 'input'),
        response: jsonResponse(200, steppedStatus),
      },
    },
    async (request) => {
      const { id } = request.params;
      const { pid, action = 'step' } = request.body;
      const stepped = lab.call({ verb: 'step', id, pid, action });
      return statusOf(await readUpstream(request, stepped, 'unavailable'));
    },
  );

  app.delete<RunParams>(
    '/lab/runs/:id',
    {
      onRequest,
      serializerCompiler,
      config: { problems: [403, 404] },
      schema: {
        operationId: 'stopLabRun',
        tags,
        summary: 'Stop an experiment',
        description:
          'Ends its processes and removes its folder. One that has ended stays as it is.',
        params,
        response: jsonResponse(200, anyStatus),
      },
    },
    async (request) => {
      const { id } = request.params;
      return statusOf(await readUpstream(request, lab.call({ verb: 'stop', id }), 'unavailable'));
    },
  );
}

function statusOf(reply: LabReply): LabStatus | SteppedStatus {
  switch (reply.kind) {
    case 'status':
      return reply.status;
    case 'busy':
      throw new ProblemError('lab-busy');
    case 'tooMany':
      throw new ProblemError(
        'lab-limit',
        { detail: `The next one may start in ${reply.retryAfterS} s; npm run lab has no limit` },
        reply.retryAfterS,
      );
    case 'impossible':
      throw new ProblemError('step-impossible', { detail: reply.why });
    case 'invalid':
      throw new ProblemError('malformed', { detail: reply.why });
    case 'unknown':
      throw new ProblemError('unknown-run');
  }
}
