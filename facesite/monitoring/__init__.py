"""What operators watch: probes, metrics, log lines, and the examinations of doctor."""
