import { z } from 'zod';

/** JSON that Superset keeps as text. */
const jsonText = z
  .string()
  .nullish()
  .transform((text, context): Record<string, unknown> => {
    try {
      return z.record(z.string(), z.unknown()).parse(JSON.parse(text || '{}'));
    } catch {
      context.addIssue({ code: 'custom', message: 'is no JSON object' });
      return z.NEVER;
    }
  });

/** How Superset reaches a database; the password is masked. */
export const databaseContent = z.looseObject({ sqlalchemy_uri: z.string(), extra: jsonText });

const column = z.looseObject({ column_name: z.string(), expression: z.string().nullish() });
const metric = z.looseObject({ metric_name: z.string(), expression: z.string() });

/** What stands in one dataset now: its columns and metrics, whoever made them. */
export const datasetContent = z.looseObject({
  columns: z.array(column),
  metrics: z.array(metric),
  database: z.object({ uuid: z.string() }).optional(),
});

export const dashboardContent = z.looseObject({ json_metadata: jsonText, position_json: jsonText });

export const chart = z.looseObject({
  id: z.number(),
  uuid: z.string(),
  datasource_id: z.number().nullish(),
  params: jsonText,
});

export type DatabaseContent = z.infer<typeof databaseContent>;
export type DatasetContent = z.infer<typeof datasetContent>;
export type DashboardContent = z.infer<typeof dashboardContent>;
export type LiveChart = z.infer<typeof chart>;
