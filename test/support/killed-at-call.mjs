// Given to a process by `--import`: it dies in the moment in which it would make the call to Temporal that the address
// of this file names, `…/killed-at-call.mjs?StartWorkflowExecution`.
import { createRequire } from 'node:module';

// The very copy that Temporal's client uses.
const { Client } = createRequire(createRequire(import.meta.url).resolve('@temporalio/client'))(
  '@grpc/grpc-js',
);
const fatal = new URL(import.meta.url).search.slice(1);
const call = Client.prototype.makeUnaryRequest;
Client.prototype.makeUnaryRequest = function (method, ...rest) {
  if (method.endsWith(`/${fatal}`)) process.kill(process.pid, 'SIGKILL');
  return call.call(this, method, ...rest);
};
