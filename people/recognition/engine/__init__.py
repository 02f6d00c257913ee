"""The engines: published networks on ONNX Runtime, and the checks that they give the known values."""
