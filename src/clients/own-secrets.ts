import type { Config } from '../config.ts';
import { temporalConnection } from './temporal-address.ts';
import { loginSecretsIn } from './url-password.ts';

/** All that we log in with at our own servers, as far as it is set. */
export function ownSecrets(config: Config): string[] {
  const { kafka, druid, mariadb, superset, temporalUiUrl } = config;
  const logins = [kafka.sasl, druid.auth, mariadb.worker, mariadb.admin, mariadb.reader, superset];
  const urls = [druid.url, druid.tasksUrl, superset?.url, temporalUiUrl];
  return [
    ...logins.flatMap((login) => login?.password ?? []),
    ...urls.flatMap((url) => (url === undefined ? [] : loginSecretsIn(url))),
    ...temporalSecrets(config),
  ];
}

/** Its key and the headers of each request; what its profile file says counts, too. */
function temporalSecrets(config: Config): string[] {
  try {
    const { apiKey, metadata = {} } = temporalConnection(config).connectionOptions;
    const keys = typeof apiKey === 'string' ? [apiKey] : [];
    return [...keys, ...Object.values(metadata).filter((value) => typeof value === 'string')];
  } catch {
    // Whoever connects says what is wrong with it.
    return [];
  }
}
