/** What a run ended with: the innermost failure, its type (our code) and its message. */
export async function failureOf(run: Promise<unknown>): Promise<{ type: string; message: string }> {
  try {
    const result = await run;
    throw new Error(`the run was to fail, but returned ${JSON.stringify(result)}`);
  } catch (error) {
    let deepest = error as Error & { type?: string };
    while (deepest.cause instanceof Error) deepest = deepest.cause;
    return { type: deepest.type ?? deepest.name, message: deepest.message };
  }
}
