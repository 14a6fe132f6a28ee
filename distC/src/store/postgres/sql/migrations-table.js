/** Where the numbers of the migrations stand that were made. */
export const migrationsTable = `
create schema if not exists turnstile;
create table if not exists turnstile.migrations (
  number integer primary key,
  at timestamptz not null default clock_timestamp()
);
`;
