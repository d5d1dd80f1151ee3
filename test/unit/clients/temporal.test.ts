import { ServiceError } from '@temporalio/client';
import { expect, test } from 'vitest';
import { temporalError } from '../../../src/clients/temporal.ts';
import { temporalCommand } from '../../../src/clients/temporal-address.ts';

/** As the client throws it: gRPC's own error inside. */
function refusal(code: number, details: string): ServiceError {
  const cause = Object.assign(new Error(`${code} ${details}`), { code, details, metadata: {} });
  return new ServiceError('Failed to start Workflow', { cause });
}

test.each([
  [14, 'No connection established', 'TEMPORAL_UNAVAILABLE', /stack status/],
  [4, 'Deadline exceeded', 'TEMPORAL_UNAVAILABLE', /stack status/],
  [3, 'no mapping defined for search attribute TableName', 'TEMPORAL_REFUSED', /production\.md/],
  [7, 'Request unauthorized.', 'TEMPORAL_REFUSED', /TEMPORAL_API_KEY/],
  [5, 'Namespace nowhere is not found.', 'TEMPORAL_REFUSED', /TEMPORAL_NAMESPACE/],
  [3, 'BackoffCoefficient is below 1.', 'TEMPORAL_REFUSED', /BackoffCoefficient/],
])('gRPC status %i (%s) is %s with its remedy', (status, details, code, says) => {
  const error = temporalError(refusal(status, details));
  expect(error?.code).toBe(code);
  expect(error?.message).toContain(details.replace(/\.$/, ''));
  expect(error?.message).toMatch(says);
});

test('any other error is not one of Temporal', () => {
  expect(temporalError(new Error('boom'))).toBeUndefined();
  expect(temporalError(new ServiceError('boom'))).toBeUndefined();
});

test.each([
  [{}, 'temporal schedule list --address 127.0.0.1:7233'],
  [{ TEMPORAL_ADDRESS: 't:1', TEMPORAL_NAMESPACE: 'default' }, 'temporal schedule list --address t:1'],
  [
    { TEMPORAL_ADDRESS: 't:1', TEMPORAL_NAMESPACE: 'team', TEMPORAL_TLS: 'true' },
    'temporal schedule list --address t:1 --namespace team --tls',
  ],
])('a command for somebody with %j can be pasted', (temporalVariables, command) => {
  expect(temporalCommand({ temporalVariables }, 'schedule list')).toBe(command);
});
