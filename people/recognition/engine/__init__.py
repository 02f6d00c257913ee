"""The engine: dlib's networks on ONNX Runtime, and the checks that it gives the known values."""
