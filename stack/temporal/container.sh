#!/bin/sh
# In the container: keeps closed runs for NAMESPACE_RETENTION instead of the 24 hours that the development server
# gives its namespace, set again at each start as the native launcher does, then becomes the server.
set -eu

keep_runs() {
  until temporal operator namespace update --namespace default --retention "$NAMESPACE_RETENTION"; do
    sleep 1
  done
}

(keep_runs >/dev/null 2>&1 &)
exec temporal "$@"
