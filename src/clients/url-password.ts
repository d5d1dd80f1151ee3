/** The secret of the login in an address, as it stands there and as it is sent. */
export function loginSecretsIn(url: string): string[] {
  if (!URL.canParse(url)) return [];
  const secret = secretOf(new URL(url));
  return secret === '' ? [] : [secret, decoded(secret)];
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
