"""Where frames come from: files, network cameras, devices, browsers and cloud storage."""
