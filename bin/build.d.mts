/** Builds everything anew. */
export function build(): Promise<void>;

/** Builds what is older than its sources. */
export function ensureBuilt(parts?: { declarations?: boolean }): Promise<void>;
