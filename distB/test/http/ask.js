import { request } from 'node:http';
import { text } from 'node:stream/consumers';
/** Asks over node:http and answers as `fetch` does, with the headers as Node saw them. */
export async function ask(url, { body, ...options } = {}) {
    const asked = request(url, options);
    const answered = new Promise((resolve, reject) => {
        asked.once('response', resolve).once('error', reject);
    });
    asked.end(body);
    const { statusCode = 0, headers, ...rest } = await readable(await answered);
    const content = rest.content === '' ? null : rest.content;
    return {
        answer: new Response(content, {
            status: statusCode,
            headers: new Headers(headers),
        }),
        onOpenConnection: asked.reusedSocket,
    };
}
async function readable(message) {
    const { statusCode, headers } = message;
    return { statusCode, headers, content: await text(message) };
}
//# sourceMappingURL=ask.js.map