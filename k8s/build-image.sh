#!/usr/bin/env bash
# Builds the container images with buildah; on Debian it installs what is missing. Usage: k8s/build-image.sh [TAG]
# The image with everything in one container gets the same tag with -standalone after its name.
#
# The base is the official python:3.11-slim-bookworm. Where no registry answers (a closed network, a CI sandbox), a
# Debian 12 from debootstrap stands in for it under the same name: the same distribution and Python 3.11, from apt.
# The images are kept in $STORE, away from the machine's own. `k8s/build-image.sh --digest` says what the image is made
# of, as its label `source` does: by it the tests know an image of other sources. LIVENESS=accept adds the optional network
# of docs/liveness.md.
set -euo pipefail
cd "$(dirname "$0")/.."

TAG=${1:-facesite:$(sed -n 's/^version = "\(.*\)"/\1/p' pyproject.toml)}
STORE=${STORE:-/var/tmp/facesite-images}
BASE=docker.io/library/python:3.11-slim-bookworm
CERTIFICATES=/etc/ssl/certs/ca-certificates.crt
STORAGE=(--root "$STORE/root" --runroot "$STORE/run" --storage-driver overlay)

digest() {
    git ls-files -z --cached --others --exclude-standard -- Dockerfile .dockerignore pyproject.toml uv.lock manage.py \
        facesite people streams templates | LC_ALL=C sort -z | xargs -0 sha256sum | sha256sum | cut -c1-16
}

if [ "${1:-}" = --digest ]; then
    digest
    exit
fi

install_tools() {
    command -v buildah podman runc debootstrap catatonit >/dev/null && return
    apt-get update -qq
    apt-get install -y -qq --no-install-recommends buildah podman runc debootstrap catatonit >/dev/null
}

make_base() {
    podman "${STORAGE[@]}" image exists "$BASE" && return
    timeout 120 buildah "${STORAGE[@]}" pull --quiet "$BASE" 2>/dev/null && return
    echo "No registry answers: Debian 12 from debootstrap stands in for $BASE" >&2
    local rootfs=$STORE/rootfs
    remove_rootfs "$rootfs"
    debootstrap --variant=minbase --include=python3,python3-pip,python3-venv,ca-certificates bookworm "$rootfs" >/dev/null
    ln -sf python3 "$rootfs/usr/bin/python"
    # As in the official image: apt keeps nothing that it fetched, and no caches of its own (60 MB).
    printf '%s\n' 'DPkg::Post-Invoke { "rm -f /var/cache/apt/archives/*.deb || true"; };' \
        'Dir::Cache::pkgcache ""; Dir::Cache::srcpkgcache "";' >"$rootfs/etc/apt/apt.conf.d/docker-clean"
    rm -rf "$rootfs"/var/cache/apt/*.bin "$rootfs"/var/cache/apt/archives/*.deb "$rootfs"/var/lib/apt/lists/*
    tar -C "$rootfs" -c . | podman "${STORAGE[@]}" import --quiet - "$BASE" >/dev/null
    remove_rootfs "$rootfs"
}

# A debootstrap that was killed has left the machine's /proc mounted in there, and rm must not walk into it.
remove_rootfs() {
    for mounted in "$1/proc" "$1/sys"; do
        if mountpoint --quiet "$mounted"; then umount "$mounted"; fi
    done
    rm -rf --one-file-system "$1"
}

build() {
    local target=$1 tag=$2
    # The machine's certificates are lent to the build (a proxy may sign with its own) and stay out of the image.
    # --format docker: the OCI format has no HEALTHCHECK. --isolation chroot: works inside a container too.
    buildah "${STORAGE[@]}" bud --isolation chroot --network host --pull-never --layers --format docker \
        --volume "$CERTIFICATES:$CERTIFICATES:ro" --label "source=$(digest)" \
        --build-arg "LIVENESS=${LIVENESS:-}" --target "$target" --tag "$tag" .
    podman "${STORAGE[@]}" image inspect --format '{{.Size}}' "$tag" |
        awk -v tag="$tag" '{printf "%s: %.0f MB unpacked\n", tag, $1 / 1e6}'
}

# A build that was killed has left its working containers, mounted: 15 of them, measured. They are removed by their ids;
# under the lock no other build can own one, and containers of pods are podman's and not listed.
remove_leftovers() {
    buildah "${STORAGE[@]}" containers --quiet | xargs --no-run-if-empty buildah "${STORAGE[@]}" rm >/dev/null
}

mkdir -p "$STORE"
install_tools
exec 9>"$STORE/lock"
flock 9
remove_leftovers
make_base
build site "$TAG"
build standalone "${TAG%:*}-standalone:${TAG##*:}"
