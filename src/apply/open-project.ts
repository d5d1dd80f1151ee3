import type { Config } from '../config.ts';
import type { Target } from '../targets/target.ts';
import { readDefinitions, type FoundDefinition } from './read-definitions.ts';
import { closeTargets, openTargets } from './targets.ts';

/** What a project defines, and the targets that are to hold it. Whoever opens it closes the targets. */
export interface OpenProject {
  found: FoundDefinition[];
  targets: Target[];
}

/**
 * Reads the definitions, and opens the targets meanwhile: a login to Superset takes as long as the files.
 * @throws DEFINITION_INVALID: mistakes in definitions are said before those in dashboards
 */
export async function openProject(config: Config): Promise<OpenProject> {
  const reading = readDefinitions(config.pipelinesDir);
  let targets: Target[] = [];
  try {
    targets = openTargets(config);
    return { found: await reading, targets };
  } catch (error) {
    await closeTargets(targets);
    await reading;
    throw error;
  }
}
