# The container images: built, and run as the pods of k8s/overlays/local, as compose.yml, and as one container, on any
# Debian machine (k8s/README.md).
.PHONY: image test-image

# 30 min: from nothing it takes 2 to 5, with the layers of the last time 10 s; a registry that hangs must not hold CI.
image:
	timeout 1800 k8s/build-image.sh

# INT, because pytest takes its pods and servers down at that, and not at TERM; they get a minute for it.
# IMAGE_WANTED: without the image the tests fail here, where elsewhere they are skipped.
test-image: setup image
	IMAGE_WANTED=1 timeout --signal=INT --kill-after=60 1800 .venv/bin/pytest tests/deploy -m integration
