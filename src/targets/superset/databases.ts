import type { Config } from '../../config.ts';
import type { Names } from '../../names.ts';
import { fingerprintOf } from '../secret.ts';
import type { Fields } from '../target.ts';
import { uuidOf, type Asset } from './asset.ts';

export type Server = 'MariaDB' | 'Druid';

export interface DatabaseAsset extends Asset {
  kind: 'database';
  server: Server;
  title: string;
  /** By path of the file in the bundle; never in a file. */
  passwords: Record<string, string>;
}

/** Where Superset's importer expects the password that comes beside the bundle. */
const MASK = 'XXXXXXXXXX';

/** The two databases that Superset reads: MariaDB as the user who may only SELECT, and Druid. */
export function databaseAssets(
  config: Config,
  superset: NonNullable<Config['superset']>,
  names: Names,
): DatabaseAsset[] {
  const { reader, tls } = config.mariadb;
  const mariadb = `mysql+pymysql://${login(reader)}${superset.mariadbAddress}/${names.schema}?charset=utf8mb4`;
  const { auth, url } = config.druid;
  const isEncrypted = url.startsWith('https:');
  const druidLogin = auth === undefined ? undefined : { user: auth.username, password: auth.password };
  const scheme = isEncrypted ? 'druid+https' : 'druid';
  return [
    asset(names, 'MariaDB', mariadb, reader.password, tls && mariadbTls(superset.mariadbCa)),
    asset(
      names,
      'Druid',
      `${scheme}://${druidLogin ? login(druidLogin) : ''}${superset.druidAddress}/druid/v2/sql`,
      druidLogin?.password ?? '',
      isEncrypted && superset.druidCa !== undefined ? { ssl_verify_cert: superset.druidCa } : undefined,
    ),
  ];
}

function asset(
  names: Names,
  server: Server,
  sqlalchemyUri: string,
  password: string,
  connectArgs: Record<string, unknown> | undefined,
): DatabaseAsset {
  const object = `database ${server}`;
  const uuid = uuidOf(names.env, object);
  const title = names.supersetDatabase(server);
  const path = `databases/${server.toLowerCase()}.yaml`;
  const file = {
    database_name: title,
    sqlalchemy_uri: sqlalchemyUri,
    expose_in_sqllab: true,
    allow_dml: false,
    allow_csv_upload: false,
    // The importer fails without it, even when there is nothing to say.
    extra: connectArgs === undefined ? {} : { engine_params: { connect_args: connectArgs } },
    uuid,
    version: '1.0.0',
  };
  return {
    object,
    server,
    title,
    uuid,
    kind: 'database',
    fields: databaseFields(file),
    unseen: { password: fingerprintOf(password, uuid) },
    files: { [path]: file },
    passwords: password === '' ? {} : { [path]: password },
  };
}

function login({ user, password }: { user: string; password: string }): string {
  return `${encodeURIComponent(user)}${password === '' ? '' : `:${MASK}`}@`;
}

/** With a CA: verified, host name too. Without: encrypted, and verified by what Superset's machine trusts. */
function mariadbTls(ca: string | undefined): Record<string, unknown> {
  return { ssl: ca === undefined ? { verify_mode: 'required' } : { ca } };
}

/** A database as it is compared; Superset masks the password as we do, and calls uploads by another name. */
export function databaseFields(file: Record<string, unknown>): Fields {
  return {
    database_name: file['database_name'],
    sqlalchemy_uri: file['sqlalchemy_uri'],
    expose_in_sqllab: file['expose_in_sqllab'],
    allow_dml: file['allow_dml'],
    allow_csv_upload: file['allow_csv_upload'] ?? file['allow_file_upload'],
    extra: file['extra'],
  };
}
