/** Whether `If-None-Match` names this tag, weak or not, or any. */
export function matchesTag(ifNoneMatch, etag) {
    if (ifNoneMatch === undefined)
        return false;
    const tags = ifNoneMatch.split(',').map(opaque);
    return tags.includes(opaque(etag)) || tags.includes('*');
}
const opaque = (tag) => tag.trim().replace(/^W\//, '');
//# sourceMappingURL=etag.js.map