/**
 * Listens to what is left, as long as the page can be seen: a browser opens few connections to one
 * office, and a window behind others should not keep one. Answers how to stop.
 */
export function listen({ onOpen, onCounts, onLost }) {
    let source;
    const open = () => {
        source = new EventSource('/events');
        source.addEventListener('hello', onOpen);
        source.addEventListener('counts', ({ data }) => onCounts(JSON.parse(data)));
        source.addEventListener('error', onLost);
    };
    const close = () => {
        source?.close();
        source = undefined;
    };
    const follow = () => {
        if (document.hidden)
            close();
        else if (source === undefined)
            open();
    };
    document.addEventListener('visibilitychange', follow);
    follow();
    return () => {
        document.removeEventListener('visibilitychange', follow);
        close();
    };
}
