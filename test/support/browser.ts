import { chromium, type Browser, type Page, type Response } from 'playwright-core';
import { z } from 'zod';
import type { Config } from '../../src/config.ts';
import { waitUntil } from './wait-until.ts';

/** A chart as a person sees it, and the answer it was drawn from. */
export interface SeenChart {
  id: number;
  title: string;
  vizType: string;
  /** Rows of the newest answer to its query; 0 when the query failed. */
  rows: number;
  /** What Superset said instead of rows. */
  error: string | undefined;
  /** All text of the chart in the page; pictures of echarts have none. */
  text: string;
  /** Cells of its table, row by row; empty for other charts. */
  cells: string[][];
  /** Something is painted on its canvas. */
  isDrawn: boolean;
}

export interface OpenDashboard {
  title: string;
  charts: SeenChart[];
  /** Alerts of the page. */
  alerts: string[];
  page: Page;
  close(): Promise<void>;
}

export interface DashboardOptions {
  superset: NonNullable<Config['superset']>;
  slug: string;
  /** Where to save a picture of the page. */
  screenshot?: string;
  /** Default: 120 s, a cold Druid included. */
  timeoutMs?: number;
}

/** Tall enough for a whole dashboard: Superset loads only the charts that are in view. */
const VIEWPORT = { width: 1440, height: 1560 };
const CHROMIUM = '/usr/bin/chromium';
const FLAGS = [
  ...['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
  ...['--disable-background-networking', '--disable-component-update', '--disable-sync'],
];

/**
 * Opens a dashboard in a real browser as a person would: through the login page, then waits until every chart of
 * it has its answer and none is loading.
 */
export async function openDashboard(options: DashboardOptions): Promise<OpenDashboard> {
  const { superset, slug, screenshot, timeoutMs = 120_000 } = options;
  const browser = await chromium.launch({ executablePath: CHROMIUM, headless: true, args: FLAGS });
  try {
    const page = await browser.newPage({ viewport: VIEWPORT });
    page.setDefaultTimeout(timeoutMs);
    const answers = collectAnswers(page);
    await logIn(page, superset);
    await page.goto(`${superset.url}/superset/dashboard/${slug}/`);
    const expected = await chartsOf(page, superset, slug);
    await settle(page, expected, answers, timeoutMs);
    const charts = await Promise.all(expected.map((chart) => seen(page, chart, answers)));
    if (screenshot !== undefined) await page.screenshot({ path: screenshot });
    const alerts = await page.locator('.ant-alert-error, .ant-alert-warning').allInnerTexts();
    return { title: await page.title(), charts, alerts, page, close: () => browser.close() };
  } catch (error) {
    await closeAfter(browser, error);
    throw error;
  }
}

async function closeAfter(browser: Browser, error: unknown): Promise<void> {
  const page = browser.contexts()[0]?.pages()[0];
  const shown = await page
    ?.locator('body')
    .innerText({ timeout: 2_000 })
    .catch(() => '');
  await browser.close();
  if (error instanceof Error && shown) error.message += `\nThe page showed: ${shown.slice(0, 600)}`;
}

async function logIn(page: Page, { url, user, password }: NonNullable<Config['superset']>): Promise<void> {
  await page.goto(`${url}/login/`);
  await page.locator('#username').fill(user);
  await page.locator('#password').fill(password);
  await page.locator('[data-test=login-button]').click();
  await page.waitForURL((to) => !to.pathname.startsWith('/login'));
}

interface Answer {
  rows: number;
  error: string | undefined;
}

const answerBody = z.object({
  result: z.array(z.looseObject({ rowcount: z.number().nullish(), error: z.string().nullish() })).optional(),
  message: z.unknown().optional(),
  errors: z.unknown().optional(),
});

/** The newest answer of each chart, by the chart's id. */
function collectAnswers(page: Page): Map<number, Answer> {
  const answers = new Map<number, Answer>();
  page.on('response', (response) => {
    const id = chartIdOf(response);
    if (id === undefined) return;
    response.json().then(
      (body: unknown) => answers.set(id, answerOf(body)),
      (error: unknown) => answers.set(id, { rows: 0, error: String(error) }),
    );
  });
  return answers;
}

function chartIdOf(response: Response): number | undefined {
  const url = new URL(response.url());
  const formData = url.pathname === '/api/v1/chart/data' ? url.searchParams.get('form_data') : null;
  if (formData === null) return undefined;
  return z.object({ slice_id: z.number().optional() }).parse(JSON.parse(formData)).slice_id;
}

function answerOf(body: unknown): Answer {
  const { result, message, errors } = answerBody.parse(body);
  const error =
    result?.find((one) => one.error)?.error ?? (result ? undefined : JSON.stringify(message ?? errors));
  return {
    rows: Math.min(...(result ?? []).map(({ rowcount }) => rowcount ?? 0), Infinity),
    error: error ?? undefined,
  };
}

interface ExpectedChart {
  id: number;
  slice_name: string;
  form_data: { viz_type: string };
}

const chartList = z.object({
  result: z.array(
    z.looseObject({
      id: z.number(),
      slice_name: z.string(),
      form_data: z.looseObject({ viz_type: z.string() }),
    }),
  ),
});

async function chartsOf(page: Page, { url }: { url: string }, slug: string): Promise<ExpectedChart[]> {
  const answer = await page.request.get(`${url}/api/v1/dashboard/${slug}/charts`);
  return chartList.parse(await answer.json()).result;
}

async function settle(
  page: Page,
  charts: ExpectedChart[],
  answers: Map<number, Answer>,
  timeoutMs: number,
): Promise<void> {
  let waiting: string[] = [];
  await waitUntil(
    async () => {
      waiting = charts.filter(({ id }) => !answers.has(id)).map(({ slice_name: name }) => name);
      return (
        waiting.length === 0 && (await page.locator('.loading, [data-test=loading-indicator]').count()) === 0
      );
    },
    {
      timeoutMs,
      saw: () => (waiting.length > 0 ? `no answer for ${waiting.join(', ')}` : 'charts that are loading'),
    },
  );
  // The first picture of an echart is the start of its animation.
  const drawn = charts.filter(({ form_data: form }) => form.viz_type.startsWith('echarts'));
  await waitUntil(
    async () => (await Promise.all(drawn.map(({ id }) => isPainted(page, id)))).every(Boolean),
    {
      timeoutMs,
      saw: () => 'a chart whose canvas is empty',
    },
  );
}

async function seen(page: Page, chart: ExpectedChart, answers: Map<number, Answer>): Promise<SeenChart> {
  const holder = holderOf(page, chart.id);
  const rows = await holder.locator('tbody tr').all();
  const cells = await Promise.all(rows.map((row) => row.locator('td').allInnerTexts()));
  return {
    id: chart.id,
    title: chart.slice_name,
    vizType: chart.form_data.viz_type,
    ...(answers.get(chart.id) ?? { rows: 0, error: 'no answer' }),
    text: await holder.innerText(),
    cells: cells.filter((row) => row.length > 0),
    isDrawn: await isPainted(page, chart.id),
  };
}

function holderOf(page: Page, id: number) {
  return page.locator(`[data-test-chart-id="${id}"]`).first();
}

/** Reads the pixels back: a canvas that exists may still be blank. */
async function isPainted(page: Page, id: number): Promise<boolean> {
  // As text: the program of the page knows the DOM's types, this one does not.
  return await page.evaluate<boolean>(`[...document.querySelectorAll('[data-test-chart-id="${id}"] canvas')].some(
    (canvas) => canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data.some((byte) => byte !== 0))`);
}
