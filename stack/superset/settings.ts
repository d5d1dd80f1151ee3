/** How Superset's web server is run, wherever it runs. One worker: its caches are in its memory. */
export const SUPERSET_GUNICORN = {
  workers: '1',
  'worker-class': 'gthread',
  threads: '8',
  timeout: '120',
} as const;

export const SUPERSET_APP = 'superset.app:create_app()';
