import helmet from 'helmet';
import { contentPolicy } from './policy.js';
/** Set by hand: the defaults would force https, which a plain address on a LAN does not have. */
const options = {
    contentSecurityPolicy: {
        useDefaults: false,
        directives: contentPolicy,
    },
    strictTransportSecurity: false,
    crossOriginOpenerPolicy: false, // browsers warn of it on plain http
    originAgentCluster: false,
};
/**
 * The headers that keep a browser from loading what is not ours. They are the same for every answer,
 * so helmet makes them once: to make them for each took a twentieth of the time of a buy.
 */
export function securityHeaders() {
    const headers = {};
    const response = {
        setHeader: (name, value) => {
            headers[name.toLowerCase()] = value;
        },
        removeHeader: () => { }, // X-Powered-By, which nobody sets
    };
    helmet(options)({}, response, (error) => {
        if (error)
            throw error;
    });
    return headers;
}
//# sourceMappingURL=security-headers.js.map