/** What a page of ours may load: nothing from elsewhere, and nothing that stands inside a page. */
export const contentPolicy = {
    defaultSrc: ["'self'"],
    baseUri: ["'none'"],
    formAction: ["'self'"],
    frameAncestors: ["'none'"],
    objectSrc: ["'none'"],
};
/** The same for `/docs`: Swagger UI styles its own elements, and has icons in its style sheet. */
export const docsPolicy = Object.entries({
    ...contentPolicy,
    imgSrc: ["'self'", 'data:'],
    styleSrc: ["'self'", "'unsafe-inline'"],
})
    .map(([name, sources]) => [dashed(name), ...sources].join(' '))
    .join(';');
function dashed(name) {
    return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
//# sourceMappingURL=policy.js.map