"""Where alerts go: signed webhooks, e-mail, MQTT and other services. Each delivery is a row that a worker sends."""
