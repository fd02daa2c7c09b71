#!/bin/sh
# Runs in the new release's directory while the old one still serves: the last chance to refuse.
# A failure here costs nothing; the running app is not touched.
set -eu

test -s VERSION || { echo "the release bears no VERSION: was it built by build.sh?" >&2; exit 1; }
node --check server.js
echo "checked hello $(cat VERSION)"
