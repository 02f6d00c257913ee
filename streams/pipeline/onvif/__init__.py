"""Finds cameras that speak ONVIF in the network, and asks them for the addresses of their streams."""
