import { once } from 'node:events';
import { createServer } from 'node:http';
import { LocalPostgres } from '../../bench/local-postgres.js';
/**
 * One PostgreSQL for the whole run, started when the first test asks for it: a run of other tests
 * does without. `TEST_DATABASE_URL` names another one, whose user may make databases.
 */
export default async function setUp(project) {
    let starting;
    const given = process.env.TEST_DATABASE_URL;
    const desk = createServer(async (_request, response) => {
        try {
            if (given === undefined)
                starting ??= LocalPostgres.create();
            response.end(given ?? (await starting)?.address());
        }
        catch (error) {
            response.writeHead(500).end(error.message);
        }
    });
    await once(desk.listen(0, '127.0.0.1'), 'listening');
    project.provide('postgresDesk', `http://127.0.0.1:${desk.address().port}`);
    return async () => {
        desk.close();
        desk.closeAllConnections();
        await (await starting?.catch(() => undefined))?.dispose();
    };
}
//# sourceMappingURL=shared-postgres.js.map