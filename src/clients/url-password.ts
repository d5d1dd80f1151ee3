/** The secret of the login in an address: as it stands there, as it is meant, and as Basic authentication sends it. */
export function loginSecretsIn(url: string): string[] {
  if (!URL.canParse(url)) return [];
  const login = new URL(url);
  const secret = secretOf(login);
  if (secret === '') return [];
  const pair = `${decoded(login.username)}:${decoded(login.password)}`;
  return [secret, decoded(secret), Buffer.from(pair).toString('base64')];
}

/** What of a login is secret: the password or, where there is none, the user: it is a token then. */
export function secretOf({ username, password }: { username: string; password: string }): string {
  return password === '' ? username : password;
}

/** A part of an address as it is meant. A `%` that stands for itself is left as it is. */
export function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
