/** As apply prints and records it: a supervisor and the datasource that it fills share their name in Druid. */
export function objectOf(kind: 'supervisor' | 'datasource', datasource: string): string {
  return `${kind} ${datasource}`;
}

export function datasourceOf(object: string): string {
  return object.replace(/^(supervisor|datasource) /, '');
}
