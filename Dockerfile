# cenote's image: Node, its libraries, cenote and nothing else (no shell, no package manager), run by a user without rights.
#
# Port 53: nothing here has a capability. The engine lets everybody in the container's own network bind low ports
# (net.ipv4.ip_unprivileged_port_start=0: Docker's default since 20.10, in compose.yaml for the others), which works with
# --cap-drop ALL, no-new-privileges and rootless engines; a file capability on node would work with none of them.
# See docs/decisions/0011-port-53-in-containers.md.
ARG NODE_IMAGE=docker.io/library/node:26-bookworm-slim

FROM ${NODE_IMAGE} AS build
WORKDIR /app
COPY package.json package-lock.json ./
# No scripts: everything native comes prebuilt, and a dependency has no business running code at build time.
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund
COPY bin ./bin
COPY src ./src
COPY blocklists ./blocklists
COPY packaging/docker/cenote.yaml /stage/config/cenote.yaml
COPY LICENSE ./
COPY packaging/prune.sh packaging/strip.mjs packaging/docker/assemble.sh /
# The Node that runs is the lock file's, by its checksum, whatever the base image has by now; that one runs npm and has the libraries.
RUN sh /prune.sh /app && sh /assemble.sh /stage /app "$(echo /app/node_modules/node-linux-*/bin/node)"

FROM scratch
COPY --from=build /stage /
# Compiled code is kept with the data: the next start takes half the time, and the process 35 MB less.
ENV PATH=/usr/local/bin NODE_ENV=production CENOTE_CONFIG=/config/cenote.yaml NODE_COMPILE_CACHE=/data/code-cache MALLOC_MMAP_THRESHOLD_=262144 NODE_OPTIONS=--disable-sigusr1 NODE_USE_SYSTEM_CA=1
USER 65532:65532
WORKDIR /app
VOLUME ["/config", "/data"]
EXPOSE 53/udp 53/tcp 5380/tcp
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s --retries=3 CMD ["cenote", "healthcheck"]
ENTRYPOINT ["cenote"]
CMD ["serve"]
