#!/bin/sh
# Puts the release together in build/ and stamps it, so that the running app can say what it is.
set -eu

version=$(sed -n 's/.*"version": *"\([^"]*\)".*/\1/p' package.json)

rm -rf build
mkdir build
cp -R server.js package.json hooks build/
printf '%s %s\n' "$version" "${ROOKERY_REVISION:-unknown}" >build/VERSION

echo "hello $version, revision ${ROOKERY_REVISION:-unknown}, release ${ROOKERY_RELEASE:-unknown}"
