import { createRequire } from 'node:module';

/**
 * What `historyToJSON` and `historyFromJSON` of @temporalio/common do. Those two throw "type must be a Type" when npm
 * gives that package a protobufjs of its own, as it does where another package wants an older one: the types come from
 * @temporalio/proto, and each copy knows its own alone. So everything here is taken as @temporalio/proto finds it.
 */
const common = createRequire(createRequire(import.meta.url).resolve('@temporalio/common'));
const proto = createRequire(common.resolve('@temporalio/proto'));

interface Root {
  lookupType(name: string): { fromObject(value: unknown): unknown };
}
const root = common('@temporalio/proto') as unknown;
const { patchProtobufRoot } = common('@temporalio/proto/lib/patch-protobuf-root') as {
  patchProtobufRoot: (root: unknown) => Root;
};
const { toJson, fromJson } = proto('protobufjs/ext/protojson') as {
  toJson: (type: unknown, message: unknown) => unknown;
  fromJson: (type: unknown, json: unknown, options: { ignoreUnknownFields: boolean }) => unknown;
};
const History = patchProtobufRoot(root).lookupType('temporal.api.history.v1.History');

/** A history as the client fetched it, as proto JSON: what Temporal's own tools write. */
export function historyToJson(fetched: object): unknown {
  return toJson(History, History.fromObject(fetched));
}

/** The other way: what `Worker.runReplayHistory` takes. */
export function historyFromJson(json: unknown): unknown {
  return fromJson(History, json, { ignoreUnknownFields: true });
}
