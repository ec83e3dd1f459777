#!/bin/sh
# Lints and renders the chart in its forms, and holds each against Kubernetes' schemas: packaging/helm/check.sh
# Needs helm; kubernetes-validate (from PyPI, with its schemas; KUBERNETES, unset 1.31) or kubeconform (SCHEMAS, a folder or URL as its
# -schema-location takes it; unset, its own) is used where it is installed.
set -eu
chart=$(CDPATH='' cd -- "$(dirname "$0")" && pwd -P)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
helm lint --strict "$chart"
check() {
  helm template cenote "$chart" --kube-version 1.29.0 "$@" > "$work/rendered.yaml"
  if command -v kubernetes-validate >/dev/null; then
    kubernetes-validate --strict -k "${KUBERNETES:-1.31}" "$work/rendered.yaml"
  elif command -v kubeconform >/dev/null; then
    kubeconform -strict -summary -schema-location "${SCHEMAS:-default}" "$work/rendered.yaml"
  else
    grep -c '^kind: ' "$work/rendered.yaml"
  fi
}
printf '{\n  nkey: UDXU4RCSJNZOIQHZNWXHXORDPRTGNJAHAHFRGZNEEJCPQTT2M7NLCNF4\n}\n' > "$work/users"
check
check --set hostNetwork=true
check --set service.type=LoadBalancer --set persistence.enabled=false
check --set secrets=fleet --set nats.enabled=true --set nats.tls=nats --set-file "nats.users=$work/users"
