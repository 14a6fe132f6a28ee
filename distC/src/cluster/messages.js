/** Tells the primary, and resolves when the message is on its way. */
export function tellPrimary(message) {
    return new Promise((resolve) => {
        if (process.send === undefined)
            resolve();
        else
            process.send(message, undefined, undefined, () => resolve());
    });
}
//# sourceMappingURL=messages.js.map