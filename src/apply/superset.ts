export async function applySuperset(): Promise<[]> {
  return [];
}
