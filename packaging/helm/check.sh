#!/bin/sh
# Lints and renders the chart in its forms, and holds each against Kubernetes' schemas where they can be reached: packaging/helm/check.sh
# Needs helm; kubeconform (SCHEMAS, a folder or URL as its -schema-location takes it; unset, its own) is used where it is installed.
set -eu
chart=$(CDPATH='' cd -- "$(dirname "$0")" && pwd -P)
helm lint --strict "$chart"
check() {
  rendered=$(helm template cenote "$chart" --kube-version 1.29.0 "$@")
  if command -v kubeconform >/dev/null; then
    printf '%s\n' "$rendered" | kubeconform -strict -summary -schema-location "${SCHEMAS:-default}" -
  else
    printf '%s\n' "$rendered" | grep -c '^kind: '
  fi
}
check
check --set hostNetwork=true
check --set service.type=LoadBalancer --set persistence.enabled=false
check --set secrets=fleet --set nats.enabled=true --set nats.tls=nats --set-string "nats.users={ nkey: UA }"
