/** Questions and answers over a channel that otherwise only carries messages. */
export class Asker {
    #channel;
    #open = new Map();
    #asked = 0;
    /** @param answers what this side answers */
    constructor(channel, answers) {
        this.#channel = channel;
        channel.on('message', (message) => {
            const { type } = message;
            if (type === 'ask')
                void this.#answer(message, answers);
            else if (type === 'answer')
                this.#open.get(message.id)?.(message);
        });
    }
    /**
     * Asks the other side.
     *
     * @throws Error when it does not answer within `withinMs`, or cannot
     */
    ask(question, withinMs, ...asked) {
        const id = ++this.#asked;
        return new Promise((resolve, reject) => {
            const late = setTimeout(() => {
                this.#open.delete(id);
                reject(new Error(`no answer to "${question}" within ${withinMs} ms`));
            }, withinMs);
            this.#open.set(id, ({ value, failed }) => {
                clearTimeout(late);
                this.#open.delete(id);
                if (failed === undefined)
                    resolve(value);
                else
                    reject(new Error(failed));
            });
            this.#send({ type: 'ask', id, question, asked });
        });
    }
    async #answer({ id, question, asked }, answers) {
        try {
            const answer = answers[question];
            const value = await answer?.(...asked);
            this.#send({ type: 'answer', id, value });
        }
        catch (error) {
            this.#send({ type: 'answer', id, failed: error.message });
        }
    }
    /** A message to a process that just died is lost; whoever waits for its answer times out. */
    #send(message) {
        this.#channel.send?.(message, () => { });
    }
}
//# sourceMappingURL=ask.js.map