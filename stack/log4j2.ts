/** log4j2.xml for Kafka, ZooKeeper and Druid: short lines to stdout, which is the server's log file. */
export function renderLog4j2(levels: Readonly<Record<string, 'info' | 'warn' | 'error' | 'off'>>): string {
  const { root = 'warn', ...named } = levels;
  const loggers = Object.entries(named)
    .map(([name, level]) => `    <Logger name="${name}" level="${level}"/>\n`)
    .join('');
  return `<?xml version="1.0" encoding="UTF-8"?>
<Configuration status="warn" shutdownHook="disable">
  <Appenders>
    <Console name="log" target="SYSTEM_OUT">
      <PatternLayout pattern="%d{yyyy-MM-dd'T'HH:mm:ss,SSS}{UTC}Z %p [%t] %c{1} %m%n"/>
    </Console>
  </Appenders>
  <Loggers>
${loggers}    <Root level="${root}"><AppenderRef ref="log"/></Root>
  </Loggers>
</Configuration>
`;
}
