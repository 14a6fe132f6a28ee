// A name cannot be a parameter of a statement; those here are made of letters, digits and `_`.
/** From the template that nobody is connected to: another one cannot be copied while somebody is. */
export const createDatabase = (name) => `create database ${name} template template0`;
/** Whoever is connected to it is thrown out. */
export const dropDatabase = (name) => `drop database if exists ${name} with (force)`;
/** PostgreSQL refuses it while somebody is connected. */
export const dropUnusedDatabase = (name) => `drop database if exists ${name}`;
export const selectDatabases = 'select datname as name from pg_database';
//# sourceMappingURL=temporary-database.js.map