import cluster from 'node:cluster';

/** Another program's cluster, such as pm2's, that runs a file as its worker: `FILE`. */
cluster.setupPrimary({ exec: process.argv[2] ?? '', args: [] });
cluster.fork().on('exit', (code) => process.exit(code ?? 1));
