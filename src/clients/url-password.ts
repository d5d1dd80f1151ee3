/** The password in an address, as it stands there and as it is sent. */
export function passwordsIn(url: string): string[] {
  const { password } = URL.canParse(url) ? new URL(url) : { password: '' };
  return password === '' ? [] : [password, decoded(password)];
}

/** A part of an address as it is meant. A `%` that stands for itself is left as it is. */
export function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
