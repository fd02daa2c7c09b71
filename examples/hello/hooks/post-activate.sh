#!/bin/sh
# Runs once the new release has been started. What must outlive releases belongs into shared/.
set -eu

shared=../../shared
mkdir -p "$shared"
echo "$(date -u +%Y-%m-%dT%H:%M:%SZ) ${ROOKERY_RELEASE:-unknown} $(cat VERSION)" >>"$shared/activations.log"
echo "activated hello $(cat VERSION)"
