import { secretsFrom } from '#server/platform/secrets.ts';

/** All test databases live on one server, whose roles have one password each: so one key for all of them. */
export const testSecrets = secretsFrom('the key of every test database');
