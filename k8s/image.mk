# The container image: built, and run as the pods of k8s/overlays/local, on any Debian machine (k8s/README.md).
.PHONY: image test-image

image:
	k8s/build-image.sh

test-image: setup image
	.venv/bin/pytest tests/deploy -m integration
